-- Moments at which something that had been published changed: one row for each of them.
-- A month replaced or withdrawn, of one return; or the register of teams, of all of them.
-- params: dataset VARCHAR, as_at TIMESTAMP
-- returns: moment TIMESTAMP
select distinct valid_to as moment

from publication

where dataset = $dataset
    and valid_to <= $as_at

union

select distinct recorded_at as moment

from org

where recorded_at <= $as_at

order by moment
