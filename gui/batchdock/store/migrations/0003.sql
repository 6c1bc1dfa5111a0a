-- Results on their way home; one that has ended is forgotten. What has its place already stands in a note in `growing`.
CREATE TABLE savings (
    number      INTEGER PRIMARY KEY,
    transfer_id TEXT NOT NULL UNIQUE,
    account_id  TEXT NOT NULL,
    batch_ids   TEXT NOT NULL,            -- JSON list
    parts       TEXT,                     -- JSON list; NULL for all
    name        BLOB NOT NULL,
    place       BLOB NOT NULL,            -- the folder in which they appear
    growing     BLOB NOT NULL,            -- the hidden folder in there
    started     TEXT NOT NULL,
    stopped     INTEGER NOT NULL          -- by a person
);
