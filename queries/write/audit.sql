-- Add one act to the audit log under the next number, sealed with the act before it.
-- params: at TIMESTAMP, who VARCHAR, action VARCHAR, subject VARCHAR, detail VARCHAR
-- returns:
insert into audit (audit_id, done_at, who, action, subject, detail, digest)
select
    last_id + 1 as audit_id,
    cast($at as timestamp) as done_at,
    $who as who,
    $action as action,
    $subject as subject,
    $detail as detail,
    sha256(
        to_json([
            last_digest, cast(last_id + 1 as varchar), cast(cast($at as timestamp) as varchar),
            $who, $action, $subject, $detail
        ])
    ) as digest

from (
    select
        coalesce(max(audit_id), 0) as last_id,
        coalesce(arg_max(digest, audit_id), '') as last_digest

    from audit
) as newest
