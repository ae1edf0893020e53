-- Tokens by which other programs read figures. Of each only the SHA-256 is kept: who has a copy of
-- the store has no token. None is taken out; one that was revoked says when and by whom.
create table token (
    token_id bigint not null,
    name varchar not null,
    role varchar not null,
    digest varchar not null,
    made_by varchar not null,
    made_at timestamp not null,
    last_used date,
    revoked_by varchar,
    revoked_at timestamp
);
