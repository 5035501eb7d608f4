-- The schema that SQLite's first four migrations make, for PostgreSQL: the same tables and columns, so that the
-- statements over them are the same. Texts sort by their bytes ("C"), as SQLite's do, whatever the database's locale.
-- Ids are UUIDs as TEXT, times microseconds since 1970 (UTC) as BIGINT, booleans 0 or 1 as BIGINT, documents JSON as TEXT.

CREATE TABLE users (
    id         TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    name       TEXT COLLATE "C"   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

-- The one user of an installation without accounts: UserId::LOCAL.
INSERT INTO users (id, name, created_at) VALUES ('00000000-0000-7000-8000-000000000001', 'local', 0);

CREATE TABLE data_sources (
    id              TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    owner_id        TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name            TEXT COLLATE "C"   NOT NULL,
    dialect         TEXT COLLATE "C"   NOT NULL,
    location        TEXT COLLATE "C"   NOT NULL,
    sealed_password TEXT COLLATE "C",
    status          TEXT COLLATE "C"   NOT NULL,
    status_detail   TEXT COLLATE "C",
    table_count     BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    learned_at      BIGINT,
    knowledge_version BIGINT NOT NULL DEFAULT 0,
    -- Seconds: 0 never, NULL as configured.
    resync_seconds  BIGINT,
    UNIQUE (owner_id, name)
);

CREATE TABLE catalogs (
    source_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES data_sources (id) ON DELETE CASCADE,
    owner_id  TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    dialect   TEXT COLLATE "C" NOT NULL
);

-- One row a table, so that saving a catalog on the way writes only what changed.
CREATE TABLE catalog_tables (
    source_id TEXT COLLATE "C"   NOT NULL REFERENCES catalogs (source_id) ON DELETE CASCADE,
    position  BIGINT NOT NULL,
    owner_id  TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    document  TEXT COLLATE "C"   NOT NULL,
    PRIMARY KEY (source_id, position)
);

CREATE TABLE documentation (
    source_id    TEXT COLLATE "C" NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    table_schema TEXT COLLATE "C" NOT NULL,
    table_name   TEXT COLLATE "C" NOT NULL,
    owner_id     TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    document     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (source_id, table_schema, table_name)
);

-- join_key names the joined columns whichever way round; confidence is what it counts for now, found_confidence what
-- it was found with (a person's word raises the former).
CREATE TABLE relations (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner_id         TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source_id        TEXT COLLATE "C" NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    join_key         TEXT COLLATE "C" NOT NULL,
    kind             TEXT COLLATE "C" NOT NULL,
    confidence       DOUBLE PRECISION NOT NULL,
    found_confidence DOUBLE PRECISION NOT NULL,
    document         TEXT COLLATE "C" NOT NULL,
    UNIQUE (source_id, join_key)
);

CREATE TABLE conversations (
    id         TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    owner_id   TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source_id  TEXT COLLATE "C"   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    title      TEXT COLLATE "C"   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX conversations_by_use ON conversations (owner_id, updated_at, id);
CREATE INDEX conversations_by_source ON conversations (source_id);

-- run_id is no reference: a user's message is written before the run that it starts.
CREATE TABLE messages (
    id              TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    owner_id        TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    conversation_id TEXT COLLATE "C"   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position        BIGINT NOT NULL,
    role            TEXT COLLATE "C"   NOT NULL,
    content         TEXT COLLATE "C"   NOT NULL,
    run_id          TEXT COLLATE "C",
    created_at      BIGINT NOT NULL,
    UNIQUE (conversation_id, position)
);

CREATE TABLE runs (
    id               TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    owner_id         TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    conversation_id  TEXT COLLATE "C"   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    message_id       TEXT COLLATE "C"   NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    source_id        TEXT COLLATE "C"   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    question         TEXT COLLATE "C"   NOT NULL,
    status           TEXT COLLATE "C"   NOT NULL,
    answer           TEXT COLLATE "C",
    cancel_requested BIGINT NOT NULL,
    worker           TEXT COLLATE "C",
    lease_until      BIGINT,
    created_at       BIGINT NOT NULL,
    finished_at      BIGINT,
    effort           TEXT COLLATE "C"   NOT NULL DEFAULT 'low'
);
CREATE UNIQUE INDEX runs_unfinished ON runs (conversation_id) WHERE status = 'running';
CREATE INDEX runs_by_conversation ON runs (conversation_id);
CREATE INDEX runs_by_message ON runs (message_id);
CREATE INDEX runs_by_source ON runs (source_id);
CREATE INDEX runs_by_lease ON runs (lease_until) WHERE status = 'running';

CREATE TABLE steps (
    id          TEXT COLLATE "C"   NOT NULL,
    run_id      TEXT COLLATE "C"   NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq         BIGINT NOT NULL,
    owner_id    TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    stage       TEXT COLLATE "C"   NOT NULL,
    status      TEXT COLLATE "C"   NOT NULL,
    outcome     TEXT COLLATE "C"   NOT NULL,
    summary     TEXT COLLATE "C"   NOT NULL,
    started_at  BIGINT NOT NULL,
    duration_ms BIGINT,
    PRIMARY KEY (run_id, seq)
);

CREATE TABLE jobs (
    id               TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    owner_id         TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind             TEXT COLLATE "C"   NOT NULL,
    source_id        TEXT COLLATE "C"   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    status           TEXT COLLATE "C"   NOT NULL,
    progress         TEXT COLLATE "C"   NOT NULL,
    error            TEXT COLLATE "C",
    attempts         BIGINT NOT NULL,
    cancel_requested BIGINT NOT NULL,
    worker           TEXT COLLATE "C",
    lease_until      BIGINT,
    created_at       BIGINT NOT NULL,
    started_at       BIGINT,
    finished_at      BIGINT
);
CREATE UNIQUE INDEX jobs_unfinished ON jobs (source_id, kind) WHERE status IN ('queued', 'running');
CREATE INDEX jobs_by_source ON jobs (source_id);
CREATE INDEX jobs_by_owner ON jobs (owner_id, created_at, id);
CREATE INDEX jobs_in_line ON jobs (created_at, id) WHERE status IN ('queued', 'running');

CREATE TABLE verified_queries (
    id         TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    owner_id   TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source_id  TEXT COLLATE "C"   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    question   TEXT COLLATE "C"   NOT NULL,
    sql        TEXT COLLATE "C"   NOT NULL,
    created_at BIGINT NOT NULL,
    uses       TEXT COLLATE "C"   NOT NULL DEFAULT '[]',
    draft      TEXT COLLATE "C",
    version    BIGINT NOT NULL DEFAULT 1,
    author_id  TEXT COLLATE "C",
    approved_at BIGINT
);
CREATE INDEX verified_queries_by_source ON verified_queries (source_id);

-- What `check` writes to.
CREATE TABLE probes (
    id       TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    owner_id TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    seen     BIGINT NOT NULL
);

-- Language models. A key is sealed as passwords are; headers and abilities are JSON.
CREATE TABLE language_models (
    id           TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    owner_id     TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT COLLATE "C"   NOT NULL,
    provider     TEXT COLLATE "C"   NOT NULL,
    model        TEXT COLLATE "C"   NOT NULL,
    base_url     TEXT COLLATE "C",
    headers      TEXT COLLATE "C"   NOT NULL,
    sealed_key   TEXT COLLATE "C",
    input_price  DOUBLE PRECISION,
    output_price DOUBLE PRECISION,
    abilities    TEXT COLLATE "C",
    created_at   BIGINT NOT NULL,
    UNIQUE (owner_id, name)
);

CREATE TABLE model_roles (
    owner_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role     TEXT COLLATE "C" NOT NULL,
    model_id TEXT COLLATE "C" NOT NULL REFERENCES language_models (id) ON DELETE CASCADE,
    PRIMARY KEY (owner_id, role)
);
CREATE INDEX model_roles_by_model ON model_roles (model_id);

-- work_id is the step or the job that a call was made for. It is no reference: what was spent stays counted when its
-- conversation is removed, or when another worker makes the step anew.
CREATE TABLE model_calls (
    work_id           TEXT COLLATE "C"   NOT NULL,
    position          BIGINT NOT NULL,
    owner_id          TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    task              TEXT COLLATE "C"   NOT NULL,
    model             TEXT COLLATE "C"   NOT NULL,
    prompt_hash       TEXT COLLATE "C"   NOT NULL,
    prompt_tokens     BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    duration_ms       BIGINT NOT NULL,
    cost_micros       BIGINT,
    attempts          BIGINT NOT NULL,
    outcome           TEXT COLLATE "C"   NOT NULL,
    error             TEXT COLLATE "C",
    made_at           BIGINT NOT NULL,
    PRIMARY KEY (work_id, position)
);
CREATE INDEX model_calls_by_time ON model_calls (owner_id, made_at);

-- What people wrote: over generated documentation (kept apart from it, so that learning cannot lose it), as words of the
-- business, as approved queries. knowledge_version counts their changes of a data source.
-- editor_id and author_id are no references: what somebody wrote stays when they leave.

CREATE TABLE documentation_edits (
    source_id    TEXT COLLATE "C"   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    table_schema TEXT COLLATE "C"   NOT NULL,
    table_name   TEXT COLLATE "C"   NOT NULL,
    owner_id     TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    version      BIGINT NOT NULL,
    editor_id    TEXT COLLATE "C"   NOT NULL,
    edited_at    BIGINT NOT NULL,
    document     TEXT COLLATE "C"   NOT NULL,
    PRIMARY KEY (source_id, table_schema, table_name)
);

-- term_key is the term in lower case.
CREATE TABLE business_terms (
    id        TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    owner_id  TEXT COLLATE "C"   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source_id TEXT COLLATE "C"   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    term_key  TEXT COLLATE "C"   NOT NULL,
    version   BIGINT NOT NULL,
    editor_id TEXT COLLATE "C"   NOT NULL,
    edited_at BIGINT NOT NULL,
    document  TEXT COLLATE "C"   NOT NULL,
    UNIQUE (source_id, term_key)
);

-- Tables as a learning under way found them, beside the catalog that answers rest on until it is done.
CREATE TABLE draft_tables (
    source_id    TEXT COLLATE "C" NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    table_schema TEXT COLLATE "C" NOT NULL,
    table_name   TEXT COLLATE "C" NOT NULL,
    owner_id     TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    job_id       TEXT COLLATE "C" NOT NULL,
    document     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (source_id, table_schema, table_name)
);

-- A word sealed with the key that this database was begun with: whoever opens it must have the same.
CREATE TABLE vaults (
    id     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    sealed TEXT COLLATE "C" NOT NULL
);
