-- The priorities of the improvement plan: one row each. The register as it was published at the
-- moment; where none was ever published, what the reference file says.
-- params: as_at TIMESTAMP
-- returns: priority_id VARCHAR, name VARCHAR, answers VARCHAR, source VARCHAR
select
    priority.priority_id,
    priority.name,
    priority.answers,
    priority.source

from priority

inner join publication
    on publication.dataset = 'priority'
    and priority.load_id = publication.load_id
    and publication.valid_from <= $as_at
    and coalesce(publication.valid_to > $as_at, true)

union all

select
    priority_id,
    name,
    answers,
    source

from starter_priority

where not exists (
        select 1
        from publication
        where dataset = 'priority'
    )

order by priority_id
