-- Language models. A key is sealed as passwords are; headers and abilities are JSON.
CREATE TABLE language_models (
    id           TEXT   NOT NULL PRIMARY KEY,
    owner_id     TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT   NOT NULL,
    provider     TEXT   NOT NULL,
    model        TEXT   NOT NULL,
    base_url     TEXT,
    headers      TEXT   NOT NULL,
    sealed_key   TEXT,
    input_price  DOUBLE PRECISION,
    output_price DOUBLE PRECISION,
    abilities    TEXT,
    created_at   BIGINT NOT NULL,
    UNIQUE (owner_id, name)
);

CREATE TABLE model_roles (
    owner_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role     TEXT NOT NULL,
    model_id TEXT NOT NULL REFERENCES language_models (id) ON DELETE CASCADE,
    PRIMARY KEY (owner_id, role)
);
CREATE INDEX model_roles_by_model ON model_roles (model_id);

-- work_id is the step or the job that a call was made for. It is no reference: what was spent stays counted when its
-- conversation is removed, or when another worker makes the step anew.
CREATE TABLE model_calls (
    work_id           TEXT   NOT NULL,
    position          BIGINT NOT NULL,
    owner_id          TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    task              TEXT   NOT NULL,
    model             TEXT   NOT NULL,
    prompt_hash       TEXT   NOT NULL,
    prompt_tokens     BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    duration_ms       BIGINT NOT NULL,
    cost_micros       BIGINT,
    attempts          BIGINT NOT NULL,
    outcome           TEXT   NOT NULL,
    error             TEXT,
    made_at           BIGINT NOT NULL,
    PRIMARY KEY (work_id, position)
);
CREATE INDEX model_calls_by_time ON model_calls (owner_id, made_at);

ALTER TABLE runs ADD COLUMN effort TEXT NOT NULL DEFAULT 'low';
