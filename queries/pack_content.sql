-- The report of a pack as it was frozen: one row, or none for an unknown id.
-- params: pack_id VARCHAR
-- returns: content VARCHAR
select content

from pack

where pack_id = $pack_id
