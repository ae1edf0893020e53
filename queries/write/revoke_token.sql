-- End a token; from the next request on it opens nothing.
-- params: token_id BIGINT, who VARCHAR, at TIMESTAMP
-- returns:
update token
set
    revoked_by = $who,
    revoked_at = cast($at as timestamp)
where token_id = $token_id
    and revoked_at is null
