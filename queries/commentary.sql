-- What was said of measures: one row a measure and month, the newest month first.
-- params: kpi_ids VARCHAR[], as_at TIMESTAMP
-- returns: kpi_id VARCHAR, period DATE, happened VARCHAR, so_what VARCHAR,
--   action VARCHAR, owner VARCHAR, due DATE, load_id BIGINT, loaded_by VARCHAR,
--   loaded_at TIMESTAMP
select
    commentary.kpi_id,
    commentary.period,
    commentary.happened,
    commentary.so_what,
    commentary.action,
    commentary.owner,
    commentary.due,
    commentary.load_id,
    load.loaded_by,
    load.loaded_at

from commentary

inner join publication
    on commentary.load_id = publication.load_id
    and commentary.period = publication.period
    and publication.dataset = 'commentary'
    and publication.valid_from <= $as_at
    and coalesce(publication.valid_to > $as_at, true)

inner join load
    on commentary.load_id = load.load_id

where list_contains($kpi_ids, commentary.kpi_id)

order by commentary.kpi_id asc, commentary.period desc
