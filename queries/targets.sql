-- Targets as they were set: one row each time that one was, the newest first. The current ones are
-- those that no later row gives anew for the same month.
-- params: as_at TIMESTAMP
-- returns: kpi_id VARCHAR, valid_from DATE, target DOUBLE, tolerance DOUBLE,
--   band_low DOUBLE, band_high DOUBLE, source VARCHAR, set_by VARCHAR,
--   recorded_at TIMESTAMP, is_current BOOLEAN
select
    kpi_id,
    valid_from,
    target,
    tolerance,
    band_low,
    band_high,
    source,
    set_by,
    recorded_at,
    row_number() over (
        partition by kpi_id, valid_from order by recorded_at desc
    ) = 1 as is_current

from target

where recorded_at <= $as_at

order by recorded_at desc, kpi_id asc, valid_from desc
