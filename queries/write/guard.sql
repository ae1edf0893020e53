-- The first act of every transaction that publishes: two at once cannot both do it.
-- params:
-- returns:
update write_guard
set n = n + 1
