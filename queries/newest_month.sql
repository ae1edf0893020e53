-- The newest month that any return speaks for: one row. Registers, kept under 1900, have no month.
-- params: as_at TIMESTAMP
-- returns: period DATE
select max(period) as period

from publication

where valid_from <= $as_at
    and coalesce(valid_to > $as_at, true)
    and period > date '1900-01-01'
