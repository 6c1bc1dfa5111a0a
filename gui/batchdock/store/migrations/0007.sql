-- Datasets that are being taken out into a folder. What has come is written down there, not here.
CREATE TABLE takings (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    transfer_id TEXT NOT NULL UNIQUE,
    account_id  TEXT NOT NULL,
    name        BLOB NOT NULL,
    folder      BLOB NOT NULL,
    wishes      TEXT NOT NULL,             -- JSON
    started     TEXT NOT NULL,
    stopped     INTEGER NOT NULL DEFAULT 0 -- by a person
);
