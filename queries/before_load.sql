-- The load before a load, for each month that it speaks for now: one row a month. Null where
-- there is none, or where it was withdrawn.
-- params: load_id BIGINT
-- returns: period DATE, previous_id BIGINT
select
    spoken.period,
    max(earlier.load_id) as previous_id

from publication as spoken

left join publication as earlier
    on spoken.dataset = earlier.dataset
    and spoken.period = earlier.period
    and spoken.load_id > earlier.load_id
    and earlier.load_id not in (select withdrawal.load_id from withdrawal)

where spoken.load_id = $load_id
    and spoken.valid_to is null

group by spoken.period

order by spoken.period
