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

-- Folders that are watched: what is finished in them goes through a workflow by itself.
CREATE TABLE watched_folders (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    mark        TEXT NOT NULL UNIQUE,      -- the ids of its jobs begin with it
    path        BLOB NOT NULL,
    task        TEXT NOT NULL,             -- what is done with its files: a recipe, or account and workflow
    UNIQUE (path, task)
);

-- What was gathered into one batch. It is written down before anything is started.
CREATE TABLE watched_batches (
    folder  INTEGER NOT NULL REFERENCES watched_folders (number) ON DELETE CASCADE,
    batch   INTEGER NOT NULL,
    done    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (folder, batch)
) WITHOUT ROWID;

-- Every finished file, by where it lies and what is in it. A renamed one has a row for each of its names.
CREATE TABLE watched_files (
    folder   INTEGER NOT NULL REFERENCES watched_folders (number) ON DELETE CASCADE,
    path     BLOB NOT NULL,
    digest   BLOB NOT NULL,
    size     INTEGER NOT NULL,
    modified INTEGER NOT NULL,             -- nanoseconds
    inode    TEXT NOT NULL,                -- of 64 bits without a sign, on Windows of more
    seen     REAL NOT NULL,
    batch    INTEGER,                      -- empty while it waits
    renamed  INTEGER NOT NULL DEFAULT 0,   -- its content is in a batch under another name
    PRIMARY KEY (folder, path, digest)
) WITHOUT ROWID;
CREATE INDEX watched_files_alike ON watched_files (folder, digest);
CREATE INDEX watched_files_renamed ON watched_files (folder, size, modified, inode);
CREATE INDEX watched_files_waiting ON watched_files (folder, batch, renamed);

-- Recipes: work that is done again and again. No secret is in one.
CREATE TABLE recipes (
    recipe_id  TEXT PRIMARY KEY,
    name       BLOB NOT NULL,
    account_id TEXT NOT NULL,
    document   BLOB NOT NULL,              -- JSON
    created    TEXT NOT NULL,
    removed    INTEGER NOT NULL DEFAULT 0  -- can be restored until the app starts anew
) WITHOUT ROWID;
CREATE UNIQUE INDEX recipe_names ON recipes (name) WHERE NOT removed;

-- The jobs of each run, written down under the ids that they will have, before anything is started.
CREATE TABLE recipe_jobs (
    account_id TEXT NOT NULL,
    job_id     TEXT NOT NULL,
    recipe     TEXT REFERENCES recipes (recipe_id) ON DELETE SET NULL,
    save_to    BLOB,                       -- empty: where results of every job go
    begun      TEXT NOT NULL,
    PRIMARY KEY (account_id, job_id)
) WITHOUT ROWID;
CREATE INDEX recipe_jobs_of ON recipe_jobs (recipe);

-- Recipes that run by themselves over what is finished in a folder.
CREATE TABLE watches (
    recipe     TEXT PRIMARY KEY REFERENCES recipes (recipe_id) ON DELETE CASCADE,
    folder     BLOB NOT NULL,
    watched    INTEGER NOT NULL,           -- switched on
    seconds    REAL NOT NULL,
    files      INTEGER NOT NULL,
    credits    REAL                        -- a month, at accounts that cost money
) WITHOUT ROWID;
