-- Tokens of the read-only interface, in the order in which they were made: one row a token.
-- params:
-- returns: token_id BIGINT, name VARCHAR, role VARCHAR, digest VARCHAR, made_by VARCHAR,
--   made_at TIMESTAMP, last_used DATE, revoked_by VARCHAR, revoked_at TIMESTAMP
select
    token_id,
    name,
    role,
    digest,
    made_by,
    made_at,
    last_used,
    revoked_by,
    revoked_at

from token

order by token_id
