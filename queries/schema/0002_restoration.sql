-- A withdrawn load may be brought back. Its withdrawal stays in the history, so a load is withdrawn
-- as long as no restoration is later than its last withdrawal.
create table restoration (
    load_id bigint not null,
    restored_by varchar not null,
    restored_at timestamp not null,
    reason varchar not null
);

create view withdrawn as
select withdrawal.load_id

from withdrawal

left join restoration
    on withdrawal.load_id = restoration.load_id
    and withdrawal.withdrawn_at < restoration.restored_at

where restoration.load_id is null;
