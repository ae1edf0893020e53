-- Of a store of several councils the first has these tables; each other has the same in a place of
-- its own. This says which those are, and what each was last prepared with: the schema, the
-- catalogue's columns and its reference files.
create table council (
    council_id varchar not null,
    prepared varchar not null,
    prepared_at timestamp not null
);
