-- What people wrote: over generated documentation (kept apart from it, so that learning cannot lose it), as words of the
-- business, as approved queries. knowledge_version counts their changes of a data source.
-- editor_id and author_id are no references: what somebody wrote stays when they leave.

ALTER TABLE data_sources ADD COLUMN knowledge_version BIGINT NOT NULL DEFAULT 0;

CREATE TABLE documentation_edits (
    source_id    TEXT   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    table_schema TEXT   NOT NULL,
    table_name   TEXT   NOT NULL,
    owner_id     TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    version      BIGINT NOT NULL,
    editor_id    TEXT   NOT NULL,
    edited_at    BIGINT NOT NULL,
    document     TEXT   NOT NULL,
    PRIMARY KEY (source_id, table_schema, table_name)
);

-- term_key is the term in lower case.
CREATE TABLE business_terms (
    id        TEXT   NOT NULL PRIMARY KEY,
    owner_id  TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source_id TEXT   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    term_key  TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    editor_id TEXT   NOT NULL,
    edited_at BIGINT NOT NULL,
    document  TEXT   NOT NULL,
    UNIQUE (source_id, term_key)
);

-- uses: what the query reads, as JSON. draft: how the analyst drafted it, as JSON.
ALTER TABLE verified_queries ADD COLUMN uses TEXT NOT NULL DEFAULT '[]';
ALTER TABLE verified_queries ADD COLUMN draft TEXT;
ALTER TABLE verified_queries ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE verified_queries ADD COLUMN author_id TEXT;
ALTER TABLE verified_queries ADD COLUMN approved_at BIGINT;
UPDATE verified_queries SET author_id = owner_id, approved_at = created_at;
