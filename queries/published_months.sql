-- Which load speaks for each month of a dataset: one row a month.
-- params: dataset VARCHAR, since DATE, until DATE, as_at TIMESTAMP
-- returns: period DATE, load_id BIGINT
select
    period,
    load_id

from publication

where dataset = $dataset
    and period between $since and $until
    and valid_from <= $as_at
    and coalesce(valid_to > $as_at, true)

order by period
