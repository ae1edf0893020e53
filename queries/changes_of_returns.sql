-- When each return last changed up to a moment, the register of teams with all: one row per return.
-- params: as_at TIMESTAMP
-- returns: dataset VARCHAR, moment TIMESTAMP, publications BIGINT
select
    publication.dataset,
    greatest(
        max(publication.valid_from),
        max(
            case
                when publication.valid_to <= $as_at then publication.valid_to
            end
        ),
        (
            select max(org.recorded_at) from org
            where org.recorded_at <= $as_at
        )
    ) as moment,
    count(*) as publications

from publication

where publication.valid_from <= $as_at

group by publication.dataset
