-- The history of loads, newest first: one row a load, with the months that it speaks for. A load
-- that was brought back after its last withdrawal is restored, and no longer withdrawn.
-- params: as_at TIMESTAMP
-- returns: load_id BIGINT, dataset VARCHAR, file VARCHAR, sha256 VARCHAR,
--   row_count BIGINT, finding_count BIGINT, loaded_by VARCHAR,
--   loaded_at TIMESTAMP, reason VARCHAR, first_period DATE, last_period DATE,
--   months BIGINT, months_speaking BIGINT, withdrawn_by VARCHAR,
--   withdrawn_at TIMESTAMP, withdrawn_reason VARCHAR, restored_by VARCHAR,
--   restored_at TIMESTAMP, restored_reason VARCHAR
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

),

restored as (

    select
        load_id,
        restored_by,
        restored_at,
        reason

    from restoration

    where restored_at <= $as_at

    qualify
        row_number() over (partition by load_id order by restored_at desc) = 1

),

taken_back as (

    select
        withdrawal.load_id,
        withdrawal.withdrawn_by,
        withdrawal.withdrawn_at,
        withdrawal.reason

    from withdrawal

    left join restored
        on withdrawal.load_id = restored.load_id

    where withdrawal.withdrawn_at <= $as_at
        and coalesce(withdrawal.withdrawn_at > restored.restored_at, true)

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
    taken_back.withdrawn_by,
    taken_back.withdrawn_at,
    taken_back.reason as withdrawn_reason,
    case when taken_back.load_id is null then restored.restored_by end as restored_by,
    case when taken_back.load_id is null then restored.restored_at end as restored_at,
    case when taken_back.load_id is null then restored.reason end as restored_reason

from load

inner join covered
    on load.load_id = covered.load_id

left join taken_back
    on load.load_id = taken_back.load_id

left join restored
    on load.load_id = restored.load_id

order by load.load_id desc
