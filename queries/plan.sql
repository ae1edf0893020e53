-- The plan as its owners report it: one row for each month and priority.
-- params: as_at TIMESTAMP
-- returns: period DATE, priority_id VARCHAR, progress VARCHAR, impact VARCHAR,
--   sro VARCHAR, lead VARCHAR, commentary VARCHAR, so_what VARCHAR, load_id BIGINT
select
    plan_brag.period,
    plan_brag.priority_id,
    plan_brag.progress,
    plan_brag.impact,
    plan_brag.sro,
    plan_brag.lead,
    plan_brag.commentary,
    plan_brag.so_what,
    plan_brag.load_id

from plan_brag

inner join publication
    on plan_brag.load_id = publication.load_id
    and plan_brag.period = publication.period
    and publication.dataset = 'plan_brag'
    and publication.valid_from <= $as_at
    and coalesce(publication.valid_to > $as_at, true)

order by plan_brag.period, plan_brag.priority_id
