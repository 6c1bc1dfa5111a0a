"""The tables, as a list of steps. `user_version` of the file counts the steps already taken; steps are never edited."""

FIRST = """
CREATE TABLE batches (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    job_id TEXT,
    created REAL NOT NULL
) STRICT;

CREATE TABLE parts (
    batch_id TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    nested TEXT,
    description TEXT NOT NULL,
    PRIMARY KEY (batch_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE shards (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    shard_id TEXT NOT NULL UNIQUE,
    batch_id TEXT NOT NULL,
    status_type TEXT NOT NULL,
    status_name TEXT NOT NULL,
    at REAL NOT NULL,
    objects INTEGER NOT NULL,
    archive TEXT,
    detail TEXT
) STRICT;
CREATE INDEX shards_of_batch ON shards (batch_id, seq);

CREATE TABLE items (
    item_id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id TEXT NOT NULL,
    part TEXT NOT NULL,
    name TEXT NOT NULL,
    shard_id TEXT,
    content TEXT NOT NULL,
    nested TEXT,
    file_id TEXT,
    path BLOB,
    size INTEGER NOT NULL,
    modified REAL NOT NULL,
    UNIQUE (batch_id, part, name),
    CHECK ((file_id IS NULL) <> (path IS NULL))
) STRICT;
CREATE INDEX items_by_file ON items (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX items_of_shard ON items (shard_id) WHERE shard_id IS NOT NULL;

CREATE TABLE ingests (
    batch_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    ingest_id TEXT NOT NULL,
    shard_ids TEXT NOT NULL,
    PRIMARY KEY (batch_id, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    overrides TEXT NOT NULL DEFAULT '[]',
    state TEXT NOT NULL,
    error INTEGER NOT NULL DEFAULT 0,
    notification TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL
) STRICT;

CREATE TABLE stages (
    stage_id TEXT PRIMARY KEY,
    job_id TEXT NOT NULL,
    name TEXT NOT NULL,
    status_type TEXT NOT NULL,
    notification TEXT NOT NULL,
    outputs TEXT NOT NULL,
    tasks_number INTEGER NOT NULL,
    started REAL NOT NULL,
    updated REAL NOT NULL,
    UNIQUE (job_id, name)
) STRICT;

CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL UNIQUE,
    job_id TEXT NOT NULL,
    stage_id TEXT NOT NULL,
    status_type TEXT NOT NULL,
    progress REAL,
    notification TEXT NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    updated REAL NOT NULL
) STRICT;
CREATE INDEX tasks_of_stage ON tasks (stage_id, seq);
CREATE INDEX tasks_of_job ON tasks (job_id);

CREATE TABLE job_items (
    job_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    task_id TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, position),
    UNIQUE (job_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_items_of_task ON job_items (task_id, state, position);

CREATE TABLE results (
    job_id TEXT NOT NULL,
    name TEXT NOT NULL,
    frame INTEGER NOT NULL,
    outputs TEXT NOT NULL,
    images TEXT NOT NULL,
    cause TEXT,
    seconds REAL,
    PRIMARY KEY (job_id, name, frame)
) STRICT, WITHOUT ROWID;

CREATE TABLE spools (
    file_id TEXT PRIMARY KEY,
    job_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX spools_of_job ON spools (job_id);

CREATE TABLE logs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL,
    at REAL NOT NULL,
    stage_id TEXT,
    task_id TEXT,
    severity TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL
) STRICT;
CREATE INDEX logs_of_job ON logs (job_id, seq);
"""

SECOND = """
CREATE TABLE spools_2 (
    job_id TEXT NOT NULL,
    file_id TEXT NOT NULL,
    PRIMARY KEY (job_id, file_id)
) STRICT, WITHOUT ROWID;
INSERT INTO spools_2 SELECT job_id, file_id FROM spools;
DROP TABLE spools;
ALTER TABLE spools_2 RENAME TO spools;
CREATE INDEX spools_by_file ON spools (file_id);
CREATE INDEX shards_by_archive ON shards (archive) WHERE archive IS NOT NULL;

ALTER TABLE batches ADD COLUMN lived REAL NOT NULL DEFAULT 0;
CREATE INDEX batches_of_job ON batches (job_id) WHERE job_id IS NOT NULL;
CREATE TABLE clock (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    wall REAL NOT NULL,
    lived REAL NOT NULL
) STRICT;

CREATE TABLE rates (
    workflow_id TEXT NOT NULL,
    content TEXT NOT NULL,
    megapixels REAL NOT NULL,
    device TEXT NOT NULL,
    items REAL NOT NULL,
    seconds REAL NOT NULL,
    updated REAL NOT NULL,
    PRIMARY KEY (workflow_id, content, megapixels, device)
) STRICT, WITHOUT ROWID;
"""
"""Files named by their content may be drawn by two jobs; batches can expire; runs leave their speed."""

THIRD = """
ALTER TABLE shards ADD COLUMN part TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN spent REAL NOT NULL DEFAULT 0;
CREATE TABLE webhooks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    job_id TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL
) STRICT;
CREATE INDEX webhooks_by_due ON webhooks (due);
"""
"""Tars may be for a part of a batch; jobs have a time limit; notifications wait until they are delivered."""

MIGRATIONS = (FIRST, SECOND, THIRD)
