-- The chronology and the priorities become registers, published like every other. What the
-- reference files say of them is kept beside, and stands until a council publishes its own.
drop table event;

drop table priority;

create table event (
    line bigint,
    period date,
    event_id varchar,
    date date,
    title varchar,
    source varchar,
    load_id bigint
);

create table priority (
    line bigint,
    period date,
    priority_id varchar,
    name varchar,
    answers varchar,
    source varchar,
    load_id bigint
);

create table starter_event (
    date date not null,
    title varchar not null,
    source varchar not null
);

create table starter_priority (
    priority_id varchar not null,
    name varchar not null,
    answers varchar,
    source varchar
);

delete from reference
where name in ('event', 'priority');
