-- The tables of a council in the store: one row per table and column; views are left out.
-- params:
-- returns: table_name VARCHAR, column_name VARCHAR
select
    columns.table_name,
    columns.column_name

from information_schema.columns as columns

inner join information_schema.tables as tables
    on columns.table_catalog = tables.table_catalog
    and columns.table_schema = tables.table_schema
    and columns.table_name = tables.table_name

where columns.table_catalog = current_database()
    and columns.table_schema = current_schema()
    and tables.table_type = 'BASE TABLE'

order by columns.table_name, columns.ordinal_position
