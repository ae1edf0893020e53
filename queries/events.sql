-- The chronology that trends are marked with: one row an event. The register as it was published at
-- the moment; where none was ever published, what the reference file says.
-- params: as_at TIMESTAMP
-- returns: date DATE, title VARCHAR, source VARCHAR
select
    event.date,
    event.title,
    event.source

from event

inner join publication
    on publication.dataset = 'event'
    and event.load_id = publication.load_id
    and publication.valid_from <= $as_at
    and coalesce(publication.valid_to > $as_at, true)

union all

select
    date,
    title,
    source

from starter_event

where not exists (
        select 1
        from publication
        where dataset = 'event'
    )

order by date, title
