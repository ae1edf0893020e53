-- The store's own tables. No key or constraint beyond "not null": the lake takes no others, so
-- uniqueness is proven by ingest, by the guard row and by the check queries.
create table write_guard (n bigint not null);

insert into write_guard (n) values (0);

create table store_info (
    name varchar not null,
    value varchar not null
);

create table load (
    load_id bigint not null,
    dataset varchar not null,
    file varchar not null,
    sha256 varchar not null,
    row_count bigint not null,
    finding_count bigint not null,
    loaded_by varchar not null,
    loaded_at timestamp not null,
    reason varchar not null
);

create table publication (
    dataset varchar not null,
    period date not null,
    load_id bigint not null,
    valid_from timestamp not null,
    valid_to timestamp
);

create table withdrawal (
    load_id bigint not null,
    withdrawn_by varchar not null,
    withdrawn_at timestamp not null,
    reason varchar not null
);

create table target (
    kpi_id varchar not null,
    valid_from date not null,
    target double,
    tolerance double,
    band_low double,
    band_high double,
    source varchar not null,
    set_by varchar not null,
    recorded_at timestamp not null
);

create table org (
    org_id varchar not null,
    name varchar not null,
    level varchar not null,
    parent_id varchar,
    valid_from date not null,
    valid_to date,
    source varchar
);

create table benchmark (
    series varchar not null,
    year integer not null,
    area_type varchar not null,
    area_code varchar,
    area varchar not null,
    value double,
    state varchar,
    statistic varchar,
    source varchar not null,
    origin varchar not null
);

create table neighbour (
    model_year integer not null,
    authority varchar not null,
    rank integer not null,
    neighbour varchar not null,
    neighbour_name varchar not null
);

create table population (
    year integer not null,
    population bigint not null,
    source varchar not null
);

create table event (
    date date not null,
    title varchar not null,
    source varchar not null
);

create table priority (
    priority_id varchar not null,
    name varchar not null,
    answers varchar,
    source varchar
);

create table reference (
    name varchar not null,
    sha256 varchar not null
);

create table audit (
    audit_id bigint not null,
    done_at timestamp not null,
    who varchar not null,
    action varchar not null,
    subject varchar not null,
    detail varchar not null
);

create view org_closure as
with recursive

climb as (

    select
        org_id,
        org_id as ancestor_id,
        parent_id,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to

    from org

    union all

    select
        climb.org_id,
        org.org_id as ancestor_id,
        org.parent_id,
        greatest(climb.valid_from, org.valid_from) as valid_from,
        least(
            climb.valid_to, coalesce(org.valid_to, date '9999-12-31')
        ) as valid_to

    from climb

    inner join org
        on climb.parent_id = org.org_id

    where greatest(climb.valid_from, org.valid_from)
        < least(climb.valid_to, coalesce(org.valid_to, date '9999-12-31'))

)

select
    org_id,
    ancestor_id,
    valid_from,
    valid_to

from climb;
