-- The load that spoke before a load, for each month that it speaks for now: one row a month. Null
-- where there is none, or where all are withdrawn. Before is by the moment, not by the number: a
-- restored load speaks after loads of higher numbers.
-- params: load_id BIGINT
-- returns: period DATE, previous_id BIGINT
select
    spoken.period,
    arg_max(earlier.load_id, earlier.valid_from) as previous_id

from publication as spoken

left join publication as earlier
    on spoken.dataset = earlier.dataset
    and spoken.period = earlier.period
    and spoken.load_id <> earlier.load_id
    and spoken.valid_from > earlier.valid_from
    and earlier.load_id not in (select withdrawn.load_id from withdrawn)

where spoken.load_id = $load_id
    and spoken.valid_to is null

group by spoken.period

order by spoken.period
