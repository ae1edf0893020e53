-- How the store stands: one row.
-- params:
-- returns: is_illustrative BOOLEAN, last_loaded_at TIMESTAMP, loads BIGINT
select
    exists (
        from store_info
        where name = 'illustrative' and value = 'true'
    ) as is_illustrative,
    max(loaded_at) as last_loaded_at,
    count(*) as loads

from load
