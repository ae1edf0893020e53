-- The raw observation frame: one row per KPI, period and organisation, months without a gap.
-- `kpi` and `measure` are compiled from the catalogue for the KPIs that are asked for.
-- A rate per resident over several months divides their sum by the mean population; its single
-- months are at a yearly rate, so that both can be read off one axis. The target of a count is the
-- council's: its teams have none. `month_numerator` and `month_denominator` are those of the month
-- alone, and `people` the fewest people that a month's figure is about, where the catalogue says
-- which column counts them: what is masked follows from these.
-- params: as_at TIMESTAMP
-- returns: kpi_id VARCHAR, period DATE, org_id VARCHAR, numerator DOUBLE,
--   denominator DOUBLE, value DOUBLE, observed DOUBLE, target DOUBLE,
--   tolerance DOUBLE, band_low DOUBLE, band_high DOUBLE, state VARCHAR,
--   load_id BIGINT, month_numerator DOUBLE, month_denominator DOUBLE,
--   people DOUBLE
with

bounds as (

    select
        kpi_id,
        org_id,
        min(period) as first_period,
        max(period) as last_period

    from measure

    group by kpi_id, org_id

),

spine as (

    select
        kpi_id,
        org_id,
        cast(
            unnest(generate_series(first_period, last_period, interval 1 month))
            as date
        ) as period

    from bounds

),

levels as (

    select
        org_id,
        min(level) as level

    from org

    group by org_id

),

monthly as (

    select
        spine.kpi_id,
        spine.org_id,
        spine.period,
        kpi.per,
        kpi.months,
        kpi.kind,
        levels.level,
        measure.load_id,
        measure.numerator,
        measure.people,
        case
            when kpi.kind <> 'population' then measure.denominator
            when levels.level = 'council' then population.population
        end as denominator,
        case
            when measure.period is null then 'x'
            when kpi.kind = 'population' and levels.level <> 'council' then 'z'
            else measure.state
        end as state

    from spine

    inner join kpi
        on spine.kpi_id = kpi.kpi_id

    left join measure
        on spine.kpi_id = measure.kpi_id
        and spine.org_id = measure.org_id
        and spine.period = measure.period

    left join population
        on year(spine.period + interval 9 month) = population.year

    left join levels
        on spine.org_id = levels.org_id

),

rolled as (

    select
        *,
        count(numerator) over rolling as months_known,
        sum(numerator) over rolling as rolling_numerator,
        case
            when kind = 'population' then avg(denominator) over rolling
            else sum(denominator) over rolling
        end as rolling_denominator,
        max(state) over rolling as rolling_state,
        min(people) over rolling as fewest_people

    from monthly

    window rolling as (
        partition by kpi_id, org_id
        order by period
        range between interval (months - 1) month preceding and current row
    )

),

figures as (

    select
        kpi_id,
        org_id,
        period,
        load_id,
        case
            when kind <> 'count' or level = 'council' then kpi_id
        end as rated_kpi_id,
        case
            when months_known = months then rolling_numerator
        end as numerator,
        case
            when months_known = months then rolling_denominator
        end as denominator,
        case
            when months_known < months then null
            when kind in ('count', 'statistic') then per * rolling_numerator
            else per * rolling_numerator / nullif(rolling_denominator, 0)
        end as value,
        case
            when kind in ('count', 'statistic') then per * numerator
            when kind = 'population' then per * months * numerator / denominator
            else per * numerator / nullif(denominator, 0)
        end as observed,
        case
            when months_known < months then coalesce(rolling_state, 'x')
            else rolling_state
        end as state,
        numerator as month_numerator,
        denominator as month_denominator,
        fewest_people

    from rolled

),

targets as (

    select
        kpi_id,
        valid_from,
        target,
        tolerance,
        band_low,
        band_high

    from target

    where recorded_at <= $as_at

    qualify
        row_number() over (
            partition by kpi_id, valid_from order by recorded_at desc
        ) = 1

)

select
    figures.kpi_id,
    figures.period,
    figures.org_id,
    figures.numerator,
    figures.denominator,
    figures.value,
    figures.observed,
    targets.target,
    targets.tolerance,
    targets.band_low,
    targets.band_high,
    case
        when figures.value is null then coalesce(figures.state, 'z')
    end as state,
    figures.load_id,
    figures.month_numerator,
    figures.month_denominator,
    figures.fewest_people as people

from figures

asof left join targets
    on figures.rated_kpi_id = targets.kpi_id
    and figures.period >= targets.valid_from

order by figures.kpi_id, figures.org_id, figures.period
