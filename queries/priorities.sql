-- The priorities of the improvement plan: one row each.
-- params:
-- returns: priority_id VARCHAR, name VARCHAR, answers VARCHAR, source VARCHAR
select
    priority_id,
    name,
    answers,
    source

from priority

order by priority_id
