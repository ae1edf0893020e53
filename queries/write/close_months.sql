-- End the validity of whatever speaks for these months of a dataset.
-- params: dataset VARCHAR, periods DATE[], at TIMESTAMP
-- returns:
update publication
set valid_to = cast($at as timestamp)
where dataset = $dataset
    and list_contains($periods, period)
    and valid_to is null
