-- What jobs took: the ground of estimates and budgets. It stays when a job is taken off the list. A job that was started
-- again has a line for each run.
CREATE TABLE measures (
    account_id      TEXT NOT NULL,
    job_id          TEXT NOT NULL,
    workflow_id     TEXT NOT NULL,
    content         TEXT NOT NULL,
    machine         TEXT NOT NULL,        -- cpu, gpu; empty where nothing costs
    fps             REAL,                 -- frames a second that were looked at, of videos
    variant         TEXT NOT NULL,        -- a digest of the other options that change how long an item takes
    items           INTEGER NOT NULL,     -- that were processed; 0 where the run tells nothing of what others take
    tasks           INTEGER NOT NULL,
    at_once         INTEGER NOT NULL,     -- machines that worked at the same time; 0 where nobody knows
    started         REAL NOT NULL,        -- of the processing, in seconds since 1970
    ended           REAL NOT NULL,
    machine_seconds REAL NOT NULL,        -- of all machines together
    startup         REAL,                 -- seconds of them, a task, before the first item; NULL where nobody knows
    credits         REAL NOT NULL,
    trial           INTEGER NOT NULL,     -- on a few files, to know what all of them take
    PRIMARY KEY (account_id, job_id, started)
) WITHOUT ROWID;
CREATE INDEX measures_by_workflow ON measures (account_id, workflow_id, content, machine, ended);
CREATE INDEX measures_by_time ON measures (ended);

-- Events of services that came by themselves, so that a repeated one is known.
CREATE TABLE heard (event_id TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;

ALTER TABLE sendings ADD COLUMN notice TEXT;  -- whom the service tells how the taking-in goes (JSON)

ALTER TABLE jobs ADD COLUMN trial INTEGER NOT NULL DEFAULT 0;  -- over a few files, to know what all of them take
ALTER TABLE jobs ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;  -- for a person; not asked for again before
-- The list is opened with the newest jobs; the rest comes while people look at them.
CREATE INDEX jobs_newest ON jobs (json_extract(snapshot, '$.created') DESC);
CREATE INDEX jobs_here ON jobs (phase) WHERE phase IN ('draft', 'sending', 'starting');
