-- What must never be true of the store: one row a fault found.
-- params:
-- returns: fault VARCHAR
select 'publication: ' || dataset || ' ' || period || ' has two loads speaking at once' as fault

from publication

where valid_to is null

group by dataset, period

having count(*) > 1

union all

select 'publication: ' || later.dataset || ' ' || later.period || ' overlaps in time' as fault

from publication as earlier

inner join publication as later
    on earlier.dataset = later.dataset
    and earlier.period = later.period
    and earlier.valid_from <= later.valid_from
    and earlier.valid_to > later.valid_from
    and (earlier.load_id <> later.load_id or earlier.valid_from <> later.valid_from)

union all

select 'publication: ' || dataset || ' ' || period || ' ends before it starts' as fault

from publication

where valid_to <= valid_from

union all

select 'publication: month of load ' || publication.load_id || ' without its load' as fault

from publication

left join load
    on publication.load_id = load.load_id
    and publication.dataset = load.dataset

where load.load_id is null

union all

select 'load: number ' || load_id || ' is used twice' as fault

from load

group by load_id

having count(*) > 1

union all

select 'load: ' || load.load_id || ' was never published' as fault

from load

left join publication
    on load.load_id = publication.load_id

where publication.load_id is null

union all

select 'withdrawal: load ' || withdrawn.load_id || ' is withdrawn, and still speaks' as fault

from withdrawn

inner join publication
    on withdrawn.load_id = publication.load_id

where publication.valid_to is null

union all

select 'restoration: load ' || restoration.load_id || ' was not withdrawn before' as fault

from restoration

left join withdrawal
    on restoration.load_id = withdrawal.load_id
    and restoration.restored_at > withdrawal.withdrawn_at

where withdrawal.load_id is null

union all

select 'audit: ' || count(*) || ' acts, but the last number is ' || max(audit_id) as fault

from audit

having count(*) <> max(audit_id)

union all

select 'audit: act ' || audit_id || ' is not as it was sealed, or the one before it is not' as fault

from (
    select
        *,
        coalesce(lag(digest) over (order by audit_id asc), '') as digest_before

    from audit
) as sealed

where
    digest is distinct from sha256(
        to_json([
            digest_before, cast(audit_id as varchar), cast(done_at as varchar),
            who, action, subject, detail
        ])
    )

union all

select 'write_guard: ' || count(*) || ' rows instead of one' as fault

from write_guard

having count(*) <> 1

union all

select 'org: ' || earlier.org_id || ' stands twice in ' || later.valid_from as fault

from org_spell as earlier

inner join org_spell as later
    on earlier.org_id = later.org_id
    and earlier.valid_from < later.valid_from
    and coalesce(earlier.valid_to > later.valid_from, true)
    and coalesce(later.valid_to > later.valid_from, true)
    and earlier.known_from < later.known_to
    and earlier.known_to > later.known_from

union all

select 'target: ' || kpi_id || ' was set twice at once from ' || valid_from as fault

from target

group by kpi_id, valid_from, recorded_at

having count(*) > 1
