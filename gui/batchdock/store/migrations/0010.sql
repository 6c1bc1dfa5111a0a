-- Results on their way into buckets. The folder there belongs to one of them alone, also while nothing is in it yet.
CREATE TABLE bucket_savings (
    transfer_id TEXT PRIMARY KEY,
    account_id  TEXT NOT NULL,
    storage     BLOB NOT NULL,             -- JSON, without a secret
    bucket      TEXT NOT NULL,
    below       TEXT NOT NULL,             -- what was wished: the folders above
    name        BLOB NOT NULL,             -- of the folder there
    folder      BLOB NOT NULL,             -- on this computer
    started     TEXT NOT NULL,
    stopped     INTEGER NOT NULL DEFAULT 0 -- by a person, or by what does not pass by itself
) WITHOUT ROWID;
