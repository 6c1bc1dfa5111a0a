-- What a receipt tells of a file, what finds it again when it is dropped once more, and the order of the transfers.
ALTER TABLE files ADD COLUMN sha256 BLOB;  -- of the bytes that went over
ALTER TABLE files ADD COLUMN sent REAL;    -- when the service had it, seconds since 1970
-- Time first: a folder is written down about in the order of its times, and so the index grows at its end.
CREATE INDEX files_by_identity ON files (modified, size);
CREATE INDEX files_by_size ON files (size) WHERE sha256 IS NOT NULL;
CREATE INDEX files_lost ON files (sending, number) WHERE lost IS NOT NULL;
CREATE INDEX pieces_by_first ON pieces (sending, first);

UPDATE files SET sent = (SELECT CAST(strftime('%s', started) AS REAL) FROM sendings WHERE number = files.sending)
WHERE lost IS NULL AND 2 = (
    SELECT state FROM pieces WHERE pieces.sending = files.sending AND first <= files.number ORDER BY first DESC LIMIT 1
);

CREATE TABLE queue (
    transfer_id TEXT PRIMARY KEY,
    wanted      TEXT NOT NULL,             -- running, paused: what the person wants
    rank        REAL NOT NULL              -- the smallest moves first
) WITHOUT ROWID;
