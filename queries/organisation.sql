-- The organisation tree as it was known at a moment: one row for each organisation and spell.
-- params: as_at TIMESTAMP
-- returns: org_id VARCHAR, name VARCHAR, level VARCHAR, parent_id VARCHAR,
--   valid_from DATE, valid_to DATE, source VARCHAR, recorded_at TIMESTAMP,
--   recorded_by VARCHAR
select
    org_id,
    name,
    level,
    parent_id,
    valid_from,
    valid_to,
    source,
    recorded_at,
    recorded_by

from org_spell

where known_from <= $as_at
    and known_to > $as_at
    and coalesce(valid_to > valid_from, true)

order by org_id, valid_from
