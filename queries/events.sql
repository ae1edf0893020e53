-- The chronology that trends are marked with: one row an event.
-- params:
-- returns: date DATE, title VARCHAR, source VARCHAR
select
    date,
    title,
    source

from event

order by date, title
