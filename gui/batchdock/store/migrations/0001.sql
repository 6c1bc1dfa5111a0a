-- Names and paths are BLOBs: UTF-8 with surrogates passed through, because a file name need not be text.
CREATE TABLE jobs (
    account_id TEXT NOT NULL,
    job_id     TEXT NOT NULL,
    phase      TEXT NOT NULL,             -- sending, starting, started; elsewhere for jobs of other programs
    snapshot   TEXT NOT NULL,             -- the job as it was last seen (JSON)
    definition TEXT,                      -- what to start it with (JSON); NULL for jobs of other programs
    hidden     INTEGER NOT NULL DEFAULT 0,
    own_name   TEXT,                      -- the name given in this app, if any
    saved      BLOB,                      -- where its results were saved last
    PRIMARY KEY (account_id, job_id)
) WITHOUT ROWID;

CREATE TABLE sendings (
    number      INTEGER PRIMARY KEY,
    transfer_id TEXT NOT NULL UNIQUE,
    account_id  TEXT NOT NULL,
    batch_id    TEXT NOT NULL,
    batch_name  TEXT NOT NULL,
    content     TEXT NOT NULL,
    way         TEXT NOT NULL,            -- single, tars, references, videos
    started     TEXT NOT NULL,
    files       INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    finished    INTEGER NOT NULL DEFAULT 0,
    job_id      TEXT
);
CREATE INDEX sendings_by_batch ON sendings (account_id, batch_id);

CREATE TABLE pieces (
    sending INTEGER NOT NULL REFERENCES sendings (number),
    piece   INTEGER NOT NULL,
    first   INTEGER NOT NULL,             -- its files are first … last - 1
    last    INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    state   INTEGER NOT NULL DEFAULT 0,   -- 0 planned, 1 tried: may have arrived, 2 confirmed
    PRIMARY KEY (sending, piece)
) WITHOUT ROWID;

CREATE TABLE files (
    sending  INTEGER NOT NULL REFERENCES sendings (number),
    number   INTEGER NOT NULL,
    wire     TEXT NOT NULL,
    original BLOB NOT NULL,
    path     BLOB NOT NULL,
    size     INTEGER NOT NULL,
    modified REAL NOT NULL,
    lost     TEXT,                        -- why it could not be sent after all
    PRIMARY KEY (sending, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX files_by_wire ON files (sending, wire);

CREATE TABLE dismissed (problem_id TEXT PRIMARY KEY) WITHOUT ROWID;
