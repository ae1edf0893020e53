-- The further councils of the store: one row a council, with what it was last prepared with.
-- params:
-- returns: council_id VARCHAR, prepared VARCHAR
select
    council_id,
    arg_max(prepared, prepared_at) as prepared

from council

group by council_id

order by council_id
