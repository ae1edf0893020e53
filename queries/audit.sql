-- Who did what, and when, newest first: one row an act.
-- params:
-- returns: audit_id BIGINT, done_at TIMESTAMP, who VARCHAR, action VARCHAR,
--   subject VARCHAR, detail VARCHAR, digest VARCHAR
select
    audit_id,
    done_at,
    who,
    action,
    subject,
    detail,
    digest

from audit

order by audit_id desc
