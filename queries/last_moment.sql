-- The newest moment and the newest load that the store knows: one row.
-- params:
-- returns: moment TIMESTAMP, load_id BIGINT
select
    greatest(
        coalesce((select max(valid_from) from publication), timestamp '1970-01-01'),
        coalesce((select max(valid_to) from publication), timestamp '1970-01-01'),
        coalesce((select max(withdrawn_at) from withdrawal), timestamp '1970-01-01'),
        coalesce((select max(restored_at) from restoration), timestamp '1970-01-01')
    ) as moment,
    coalesce((select max(load_id) from load), 0) as load_id
