-- Some files of a batch can be saved without the others.
ALTER TABLE savings ADD COLUMN choices TEXT;  -- JSON list, one a part; NULL for all files

-- What was saved of which batch, so that it is marked, and not saved twice unasked.
CREATE TABLE saved (
    number     INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    batch_id   TEXT NOT NULL,
    parts      TEXT,                      -- JSON list; NULL for all
    choices    TEXT,                      -- JSON list, one a part; NULL for all files
    missing    TEXT NOT NULL,             -- JSON list of the files that could not be had: part, shard, name
    folder     BLOB NOT NULL,
    at         TEXT NOT NULL
);
CREATE INDEX saved_by_batch ON saved (account_id, batch_id);
