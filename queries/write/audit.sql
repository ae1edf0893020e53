-- Add one act to the audit log under the next number.
-- params: at TIMESTAMP, who VARCHAR, action VARCHAR, subject VARCHAR, detail VARCHAR
-- returns:
insert into audit (audit_id, done_at, who, action, subject, detail)
select
    coalesce(max(audit_id), 0) + 1 as audit_id,
    cast($at as timestamp) as done_at,
    $who as who,
    $action as action,
    $subject as subject,
    $detail as detail

from audit
