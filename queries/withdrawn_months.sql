-- The months that a load lost by its last withdrawal: one row a month.
-- params: load_id BIGINT
-- returns: period DATE
select period

from publication

where load_id = $load_id
    and valid_to = (
        select max(withdrawal.withdrawn_at)
        from withdrawal
        where withdrawal.load_id = $load_id
    )

order by period
