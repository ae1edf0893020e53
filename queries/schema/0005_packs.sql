-- Packs that were frozen: which meeting, the moment whose figures count, the parts that were
-- chosen, the measures and the digest of their figures, and the whole report as it was, packed.
create table pack (
    pack_id varchar not null,
    meeting_id varchar not null,
    forum varchar not null,
    meeting varchar not null,
    meeting_date date not null,
    as_at timestamp not null,
    sections varchar not null,
    measures varchar not null,
    digest varchar not null,
    content varchar not null,
    made_by varchar not null,
    made_at timestamp not null
);
