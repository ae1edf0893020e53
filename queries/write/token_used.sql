-- Remember the last day on which a token was used.
-- params: token_id BIGINT, day DATE
-- returns:
update token
set last_used = cast($day as date)
where token_id = $token_id
