-- The history of loads, newest first: one row a load, with the months that it speaks for.
-- params: as_at TIMESTAMP
-- returns: load_id BIGINT, dataset VARCHAR, file VARCHAR, sha256 VARCHAR,
--   row_count BIGINT, finding_count BIGINT, loaded_by VARCHAR,
--   loaded_at TIMESTAMP, reason VARCHAR, first_period DATE, last_period DATE,
--   months BIGINT, months_speaking BIGINT, withdrawn_by VARCHAR,
--   withdrawn_at TIMESTAMP, withdrawn_reason VARCHAR
with

covered as (

    select
        load_id,
        min(period) as first_period,
        max(period) as last_period,
        count(distinct period) as months,
        count(
            distinct
            case when coalesce(valid_to > $as_at, true) then period end
        ) as months_speaking

    from publication

    where valid_from <= $as_at

    group by load_id

)

select
    load.load_id,
    load.dataset,
    load.file,
    load.sha256,
    load.row_count,
    load.finding_count,
    load.loaded_by,
    load.loaded_at,
    load.reason,
    covered.first_period,
    covered.last_period,
    covered.months,
    covered.months_speaking,
    withdrawal.withdrawn_by,
    withdrawal.withdrawn_at,
    withdrawal.reason as withdrawn_reason

from load

inner join covered
    on load.load_id = covered.load_id

left join withdrawal
    on load.load_id = withdrawal.load_id
    and withdrawal.withdrawn_at <= $as_at

order by load.load_id desc
