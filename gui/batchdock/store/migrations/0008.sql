-- Files on their way into drafts of datasets. What has arrived is asked of the service, not written down here.
CREATE TABLE fillings (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    transfer_id TEXT NOT NULL UNIQUE,
    account_id  TEXT NOT NULL,
    name        BLOB NOT NULL,
    wish        BLOB NOT NULL,             -- JSON
    draft       INTEGER NOT NULL DEFAULT 0, -- its number, as soon as there is one
    started     TEXT NOT NULL,
    stopped     INTEGER NOT NULL DEFAULT 0 -- by a person
);
