-- What is being taken out into this folder. States: 0 to come, 1 here, 2 can not be had (the reason says why).
-- Nothing in here is an address or a key. Paths are relative to the folder, with "/".
CREATE TABLE about (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE datasets (
    number     INTEGER PRIMARY KEY,
    dataset_id TEXT NOT NULL UNIQUE,
    name       BLOB NOT NULL,
    folder     BLOB NOT NULL,
    wanted     INTEGER NOT NULL DEFAULT 1,   -- this and the others: by the run that is under way, or was last
    reason     TEXT NOT NULL DEFAULT ''
);

CREATE TABLE versions (
    number  INTEGER PRIMARY KEY,
    dataset INTEGER NOT NULL REFERENCES datasets,
    mark    TEXT NOT NULL,                   -- the commit's id, or "draft 3"
    name    BLOB NOT NULL,
    folder  BLOB NOT NULL,
    wanted  INTEGER NOT NULL DEFAULT 1,
    settled INTEGER NOT NULL DEFAULT 0,      -- all of it was here once: a draft is taken anew then
    reason  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX versions_of ON versions (dataset, mark);

CREATE TABLE segments (
    number  INTEGER PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES versions,
    name    BLOB NOT NULL,
    folder  BLOB NOT NULL,
    scope   TEXT,                            -- of which files it has been listed; NULL: it has not
    wanted  INTEGER NOT NULL DEFAULT 1,
    reason  TEXT NOT NULL DEFAULT '',
    UNIQUE (version, name)
);

CREATE TABLE contents (
    number   INTEGER PRIMARY KEY,
    checksum TEXT UNIQUE,                    -- SHA-1; NULL until it is here, where nobody has told it
    size     INTEGER NOT NULL DEFAULT 0,     -- bytes, once it is here
    state    INTEGER NOT NULL DEFAULT 0,
    proven   INTEGER NOT NULL DEFAULT 1,     -- by a checksum that the service has told
    reason   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX contents_to_come ON contents (state) WHERE state <> 1;

CREATE TABLE places (
    number  INTEGER PRIMARY KEY,
    segment INTEGER NOT NULL REFERENCES segments,
    content INTEGER NOT NULL REFERENCES contents,
    page    INTEGER NOT NULL,                -- the row at which the page of the service's list begins
    kind    TEXT NOT NULL,                   -- of a mask; empty for the file itself
    frame   TEXT NOT NULL,
    sensor  BLOB NOT NULL,
    remote  BLOB NOT NULL,
    place   BLOB NOT NULL,
    state   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (segment, kind, frame, sensor, remote)
);
CREATE INDEX places_of ON places (content);
CREATE INDEX places_to_come ON places (state, segment, page) WHERE state <> 1;
