-- The audit log becomes a chain: each act carries a digest of itself and of the digest before it,
-- so that none can be altered, taken out or put in between without all that follow telling.
alter table audit add column digest varchar;

update audit
set digest = sealed.digest

from (
    with recursive chain as (

        select
            cast(0 as bigint) as audit_id,
            '' as digest

        union all

        select
            audit.audit_id,
            sha256(
                to_json([
                    chain.digest, cast(audit.audit_id as varchar), cast(audit.done_at as varchar),
                    audit.who, audit.action, audit.subject, audit.detail
                ])
            ) as digest

        from chain

        inner join audit
            on chain.audit_id + 1 = audit.audit_id

    )

    select
        audit_id,
        digest

    from chain
) as sealed

where audit.audit_id = sealed.audit_id;

-- For whom a pack was made; those of before hold every figure.
alter table pack add column role varchar;
