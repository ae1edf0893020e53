-- Published comparators: one row for each series, year, area and statistic, the newest import first
-- choice and the reference file second.
-- params: series VARCHAR[]
-- returns: series VARCHAR, year INTEGER, area_type VARCHAR, area_code VARCHAR,
--   area VARCHAR, value DOUBLE, state VARCHAR, statistic VARCHAR,
--   source VARCHAR
select
    series,
    year,
    area_type,
    area_code,
    area,
    value,
    state,
    statistic,
    source

from benchmark

where list_contains($series, series)

qualify
    row_number() over (
        partition by series, year, area_code, statistic
        order by origin desc
    ) = 1

order by series, year, area_type, area, statistic
