-- The organisation tree as known now: one row for each organisation and spell under one name and
-- parent.
-- params:
-- returns: org_id VARCHAR, name VARCHAR, level VARCHAR, parent_id VARCHAR,
--   valid_from DATE, valid_to DATE
select
    org_id,
    name,
    level,
    parent_id,
    valid_from,
    valid_to

from org_spell

where known_to = timestamp '9999-12-31'
    and coalesce(valid_to > valid_from, true)

order by org_id, valid_from
