-- Caseloads one worker at a time, for one month: one row a worker with at least one case.
-- params: period DATE, as_at TIMESTAMP
-- returns: org_id VARCHAR, worker_ref VARCHAR, fte DOUBLE, cases BIGINT,
--   load_id BIGINT
select
    caseloads.org_id,
    caseloads.worker_ref,
    cast(caseloads.fte as double) as fte,
    caseloads.cases,
    caseloads.load_id

from caseloads

inner join publication
    on caseloads.load_id = publication.load_id
    and caseloads.period = publication.period
    and publication.dataset = 'caseloads'
    and publication.valid_from <= $as_at
    and coalesce(publication.valid_to > $as_at, true)

where caseloads.period = $period
    and caseloads.cases > 0

order by caseloads.org_id, caseloads.worker_ref
