-- The register of teams and services as the council knew it at any moment. A change adds rows: the
-- newest row of an organisation and first month is what is known; one that ends in its own first
-- month says that the spell never was. Rows without a moment were there from the start.
alter table org add column recorded_at timestamp;

alter table org add column recorded_by varchar;

create view org_spell as
select
    org_id,
    name,
    level,
    parent_id,
    valid_from,
    valid_to,
    source,
    recorded_at,
    recorded_by,
    coalesce(recorded_at, timestamp '1970-01-01') as known_from,
    coalesce(
        lead(recorded_at) over (
            partition by org_id, valid_from order by recorded_at asc nulls first
        ),
        timestamp '9999-12-31'
    ) as known_to

from org;

create view org_ancestry as
with recursive

spell as (

    select
        org_id,
        parent_id,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to,
        known_from,
        known_to

    from org_spell

    where valid_to is null
        or valid_to > valid_from

),

climb as (

    select
        org_id,
        org_id as ancestor_id,
        parent_id,
        valid_from,
        valid_to,
        known_from,
        known_to

    from spell

    union all

    select
        climb.org_id,
        spell.org_id as ancestor_id,
        spell.parent_id,
        greatest(climb.valid_from, spell.valid_from) as valid_from,
        least(climb.valid_to, spell.valid_to) as valid_to,
        greatest(climb.known_from, spell.known_from) as known_from,
        least(climb.known_to, spell.known_to) as known_to

    from climb

    inner join spell
        on climb.parent_id = spell.org_id

    where greatest(climb.valid_from, spell.valid_from) < least(climb.valid_to, spell.valid_to)
        and greatest(climb.known_from, spell.known_from) < least(climb.known_to, spell.known_to)

)

select
    org_id,
    ancestor_id,
    valid_from,
    valid_to,
    known_from,
    known_to

from climb;

create or replace view org_closure as
select
    org_id,
    ancestor_id,
    valid_from,
    valid_to

from org_ancestry

where known_to = timestamp '9999-12-31';
