-- The newest entry of the audit log: one row, the key of every cache.
-- params:
-- returns: version BIGINT
select coalesce(max(audit_id), 0) as version

from audit
