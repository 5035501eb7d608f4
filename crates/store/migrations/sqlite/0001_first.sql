-- Ids are UUIDs as TEXT, times microseconds since 1970 (UTC) as BIGINT, booleans 0 or 1 as BIGINT, documents JSON as
-- TEXT: types that SQLite and PostgreSQL share, so that the statements over them are the same.

CREATE TABLE users (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

-- The one user of an installation without accounts: UserId::LOCAL.
INSERT INTO users (id, name, created_at) VALUES ('00000000-0000-7000-8000-000000000001', 'local', 0);

CREATE TABLE data_sources (
    id              TEXT   NOT NULL PRIMARY KEY,
    owner_id        TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name            TEXT   NOT NULL,
    dialect         TEXT   NOT NULL,
    location        TEXT   NOT NULL,
    sealed_password TEXT,
    status          TEXT   NOT NULL,
    status_detail   TEXT,
    table_count     BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    learned_at      BIGINT,
    UNIQUE (owner_id, name)
);

CREATE TABLE catalogs (
    source_id TEXT NOT NULL PRIMARY KEY REFERENCES data_sources (id) ON DELETE CASCADE,
    owner_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    dialect   TEXT NOT NULL
);

-- One row a table, so that saving a catalog on the way writes only what changed.
CREATE TABLE catalog_tables (
    source_id TEXT   NOT NULL REFERENCES catalogs (source_id) ON DELETE CASCADE,
    position  BIGINT NOT NULL,
    owner_id  TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    document  TEXT   NOT NULL,
    PRIMARY KEY (source_id, position)
);

CREATE TABLE documentation (
    source_id    TEXT NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    table_schema TEXT NOT NULL,
    table_name   TEXT NOT NULL,
    owner_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    document     TEXT NOT NULL,
    PRIMARY KEY (source_id, table_schema, table_name)
);

-- join_key names the joined columns whichever way round; confidence is what it counts for now, found_confidence what
-- it was found with (a person's word raises the former).
CREATE TABLE relations (
    id               TEXT NOT NULL PRIMARY KEY,
    owner_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source_id        TEXT NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    join_key         TEXT NOT NULL,
    kind             TEXT NOT NULL,
    confidence       DOUBLE PRECISION NOT NULL,
    found_confidence DOUBLE PRECISION NOT NULL,
    document         TEXT NOT NULL,
    UNIQUE (source_id, join_key)
);

CREATE TABLE conversations (
    id         TEXT   NOT NULL PRIMARY KEY,
    owner_id   TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source_id  TEXT   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    title      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX conversations_by_use ON conversations (owner_id, updated_at, id);
CREATE INDEX conversations_by_source ON conversations (source_id);

-- run_id is no reference: a user's message is written before the run that it starts.
CREATE TABLE messages (
    id              TEXT   NOT NULL PRIMARY KEY,
    owner_id        TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    conversation_id TEXT   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position        BIGINT NOT NULL,
    role            TEXT   NOT NULL,
    content         TEXT   NOT NULL,
    run_id          TEXT,
    created_at      BIGINT NOT NULL,
    UNIQUE (conversation_id, position)
);

CREATE TABLE runs (
    id               TEXT   NOT NULL PRIMARY KEY,
    owner_id         TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    conversation_id  TEXT   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    message_id       TEXT   NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    source_id        TEXT   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    question         TEXT   NOT NULL,
    status           TEXT   NOT NULL,
    answer           TEXT,
    cancel_requested BIGINT NOT NULL,
    worker           TEXT,
    lease_until      BIGINT,
    created_at       BIGINT NOT NULL,
    finished_at      BIGINT
);
CREATE UNIQUE INDEX runs_unfinished ON runs (conversation_id) WHERE status = 'running';
CREATE INDEX runs_by_conversation ON runs (conversation_id);
CREATE INDEX runs_by_message ON runs (message_id);
CREATE INDEX runs_by_source ON runs (source_id);
CREATE INDEX runs_by_lease ON runs (lease_until) WHERE status = 'running';

CREATE TABLE steps (
    id          TEXT   NOT NULL,
    run_id      TEXT   NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq         BIGINT NOT NULL,
    owner_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    stage       TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    outcome     TEXT   NOT NULL,
    summary     TEXT   NOT NULL,
    started_at  BIGINT NOT NULL,
    duration_ms BIGINT,
    PRIMARY KEY (run_id, seq)
);

CREATE TABLE jobs (
    id               TEXT   NOT NULL PRIMARY KEY,
    owner_id         TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind             TEXT   NOT NULL,
    source_id        TEXT   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    status           TEXT   NOT NULL,
    progress         TEXT   NOT NULL,
    error            TEXT,
    attempts         BIGINT NOT NULL,
    cancel_requested BIGINT NOT NULL,
    worker           TEXT,
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
    id         TEXT   NOT NULL PRIMARY KEY,
    owner_id   TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source_id  TEXT   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    question   TEXT   NOT NULL,
    sql        TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX verified_queries_by_source ON verified_queries (source_id);

-- What `check` writes to.
CREATE TABLE probes (
    id       TEXT   NOT NULL PRIMARY KEY,
    owner_id TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    seen     BIGINT NOT NULL
);
