-- The load that holds the same bytes and speaks for all its months: one row or none.
-- params: dataset VARCHAR, sha256 VARCHAR
-- returns: load_id BIGINT, loaded_by VARCHAR, loaded_at TIMESTAMP
select
    load.load_id,
    load.loaded_by,
    load.loaded_at

from load

inner join publication
    on load.load_id = publication.load_id

where load.dataset = $dataset
    and load.sha256 = $sha256

group by load.load_id, load.loaded_by, load.loaded_at

having count(distinct publication.period)
    = count(*) filter (where publication.valid_to is null)
