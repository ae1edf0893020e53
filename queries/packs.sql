-- Packs that were frozen, the newest first: one row a pack, without its content.
-- params:
-- returns: pack_id VARCHAR, meeting_id VARCHAR, forum VARCHAR, meeting VARCHAR,
--   meeting_date DATE, as_at TIMESTAMP, sections VARCHAR, measures VARCHAR,
--   digest VARCHAR, made_by VARCHAR, made_at TIMESTAMP, role VARCHAR
select
    pack_id,
    meeting_id,
    forum,
    meeting,
    meeting_date,
    as_at,
    sections,
    measures,
    digest,
    made_by,
    made_at,
    coalesce(role, 'officer') as role

from pack

order by made_at desc, pack_id asc
