-- The statistical neighbours of an authority in the newest model: one row a neighbour.
-- params: authority VARCHAR
-- returns: model_year INTEGER, rank INTEGER, neighbour VARCHAR,
--   neighbour_name VARCHAR
select
    model_year,
    rank,
    neighbour,
    neighbour_name

from neighbour

where authority = $authority

qualify model_year = max(model_year) over ()

order by rank
