-- What jobs send to this computer by themselves. Whoever knows the secret of a catch may send; only its hash is kept.
CREATE TABLE catches (
    account_id TEXT NOT NULL,
    job_id     TEXT NOT NULL,
    sha256     BLOB NOT NULL,
    made       INTEGER NOT NULL,          -- this and all other times: milliseconds since 1970
    PRIMARY KEY (account_id, job_id)
) WITHOUT ROWID;

-- No number is used twice: pictures are called by it, and small copies of them are kept by their names.
CREATE TABLE events (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    job_id     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    received   INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    facts      TEXT NOT NULL,             -- JSON, without secrets
    pictures   TEXT NOT NULL,             -- JSON list of file names
    shots      INTEGER NOT NULL,          -- how many pictures
    bytes      INTEGER NOT NULL,          -- of the pictures
    mark       BLOB NOT NULL              -- by which the same event is known when it comes again
);
-- With these alone lists, histograms, counts and sizes are told: the facts of a hundred thousand events are not read.
CREATE INDEX events_by_time ON events (account_id, job_id, at, number, kind, shots);
CREATE INDEX events_by_mark ON events (account_id, job_id, mark, received);
CREATE INDEX events_by_age ON events (received, bytes);
