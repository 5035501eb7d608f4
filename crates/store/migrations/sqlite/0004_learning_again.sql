-- How often a data source is learned again by itself, in seconds: 0 never, NULL as configured.
ALTER TABLE data_sources ADD COLUMN resync_seconds BIGINT;

-- Tables as a learning under way found them, beside the catalog that answers rest on until it is done.
CREATE TABLE draft_tables (
    source_id    TEXT NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    table_schema TEXT NOT NULL,
    table_name   TEXT NOT NULL,
    owner_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    job_id       TEXT NOT NULL,
    document     TEXT NOT NULL,
    PRIMARY KEY (source_id, table_schema, table_name)
);
