-- What has to be the same for figures of a moment to be the same, one row for each return that is
-- asked for: the newest act on it by the moment and how many there were. Under `others` the newest
-- act on anything else at any moment, under `known` how much of that was recorded by the moment.
-- A publication changes nothing that was published before it; a new reference file may. Who came
-- and who took a copy changes no figure.
-- params: as_at TIMESTAMP, returns VARCHAR[]
-- returns: dataset VARCHAR, mark VARCHAR
with

acts as (

    select
        audit_id,
        done_at,
        case
            when action in ('publish', 'withdraw', 'restore')
                then cast(substr(subject, length('load ') + 1) as bigint)
        end as load_id

    from audit

    where
        action not in (
            'sign in', 'turned away', 'download', 'pack',
            'token', 'token used', 'token refused'
        )

),

named as (

    select
        load_id,
        dataset

    from load

    where list_contains($returns, dataset)

),

sorted as (

    select
        acts.audit_id,
        named.dataset,
        acts.done_at <= $as_at as is_by_then

    from acts

    left join named
        on acts.load_id = named.load_id

)

select
    dataset,
    concat(max(audit_id), '-', count(*)) as mark

from sorted

where dataset is not null and is_by_then

group by dataset

union all

select
    'others' as dataset,
    cast(coalesce(max(audit_id), 0) as varchar) as mark

from sorted

where dataset is null

union all

select
    'known' as dataset,
    cast(
        (
            select count(*) from sorted
            where dataset is null and is_by_then
        )
        + (
            select count(*) from target
            where recorded_at <= $as_at
        )
        + (
            select count(*) from org
            where recorded_at <= $as_at
        )
        as varchar
    ) as mark
