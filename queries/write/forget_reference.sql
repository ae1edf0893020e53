-- Forget which version of a reference file a table holds.
-- params: name VARCHAR
-- returns:
delete from reference
where name = $name
