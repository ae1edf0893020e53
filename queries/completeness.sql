-- Which months have come in: one row a return and month that a load speaks for. Loads that were
-- withdrawn by then do not count; `reason` is that of the load that speaks.
-- params: as_at TIMESTAMP
-- returns: dataset VARCHAR, period DATE, first_loaded_at TIMESTAMP,
--   last_loaded_at TIMESTAMP, loads BIGINT, load_id BIGINT, reason VARCHAR
with

told as (

    select
        publication.dataset,
        publication.period,
        load.load_id,
        load.loaded_at,
        load.reason,
        coalesce(publication.valid_to > $as_at, true) as is_speaking

    from publication

    inner join load
        on publication.load_id = load.load_id

    left join withdrawal
        on publication.load_id = withdrawal.load_id
        and withdrawal.withdrawn_at <= $as_at

    where publication.valid_from <= $as_at
        and withdrawal.load_id is null

)

select
    dataset,
    period,
    min(loaded_at) as first_loaded_at,
    max(loaded_at) as last_loaded_at,
    count(distinct load_id) as loads,
    max(case when is_speaking then load_id end) as load_id,
    max(case when is_speaking then reason end) as reason

from told

group by dataset, period

having max(case when is_speaking then load_id end) is not null

order by dataset, period
