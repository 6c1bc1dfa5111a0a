-- References on their way into a batch: files that a service fetches by itself, from addresses. The addresses are
-- secrets and stand nowhere here: `origin` says where they are had from again.
CREATE TABLE reference_sendings (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    transfer_id TEXT NOT NULL UNIQUE,
    account_id  TEXT NOT NULL,
    name        BLOB NOT NULL,
    batch_id    TEXT NOT NULL,
    content     TEXT NOT NULL,
    files       INTEGER NOT NULL,
    origin      BLOB NOT NULL,             -- JSON
    job         BLOB NOT NULL,             -- JSON; empty where nothing is to be started
    notice      BLOB NOT NULL,             -- JSON; empty where nobody is to be told
    started     TEXT NOT NULL,
    stopped     INTEGER NOT NULL DEFAULT 0, -- by a person
    finished    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX reference_sendings_of_batch ON reference_sendings (account_id, batch_id);

-- What goes over in one request, always under the same ingest id: a repetition takes nothing in twice.
CREATE TABLE reference_chunks (
    sending     INTEGER NOT NULL REFERENCES reference_sendings (number) ON DELETE CASCADE,
    chunk       INTEGER NOT NULL,
    first       INTEGER NOT NULL,          -- place of its first reference among those of the sending
    files       INTEGER NOT NULL,
    ingest_id   TEXT NOT NULL,
    digest      BLOB,                      -- of what was handed over, as soon as it is tried
    state       INTEGER NOT NULL DEFAULT 0, -- planned, tried, taken
    PRIMARY KEY (sending, chunk)
) WITHOUT ROWID;

-- Cloud storages that were connected. No secret: `way` and `place` say from where that is had each time.
CREATE TABLE storages (
    name     TEXT PRIMARY KEY,
    kind     TEXT NOT NULL,
    way      TEXT NOT NULL,
    place    BLOB NOT NULL,                -- a profile, the path of a file, or an account
    region   TEXT NOT NULL DEFAULT '',
    endpoint TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
