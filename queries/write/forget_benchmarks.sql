-- Forget the figures of one imported file, so that it can be read anew.
-- params: origin VARCHAR
-- returns:
delete from benchmark
where origin = $origin
