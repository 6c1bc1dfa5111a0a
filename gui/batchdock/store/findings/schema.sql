-- Results, read into tables that answer at once. Made anew from the results whenever they change: never migrated.

create table facts (key varchar, value varchar);

-- One row a picture, or a frame of a video; `number` is the row's place, 0 and up, without gaps.
create table pictures (
  number integer not null,
  name varchar not null,        -- the path it came with, with /; the video's for a frame
  folder varchar not null,      -- of `name`, without the last /; '' at the top
  frame integer,
  seconds double,
  width integer,
  height integer,
  findings integer not null,
  best float,                   -- highest confidence, null where none has one
  problem varchar not null,     -- why it has no result, '' where it has one
  drawn varchar not null,       -- the service's drawn picture, relative to the folder of the results, or ''
  source integer,               -- the table it comes from, and where in it: null where it comes from none
  start bigint,
  length integer
);

-- One row a picture, in their order. `place` is its rank by name as people count (2 before 10), then by frame;
-- `sought` is the name as it is searched. Filled by arranging.py when all pictures are written.
create table places (number integer not null, place integer not null, sought varchar not null);

-- Ordered by picture; `number` is the row's place.
create table findings (
  number integer not null,
  picture integer not null,
  output integer not null,      -- outputs.number
  shape varchar not null,       -- core.finding.Shape
  label integer not null,       -- labels.number, -1 without
  confidence float,             -- 0 to 1
  x float, y float,             -- upper left corner
  width float, height float,
  text varchar not null,
  track varchar not null,
  outline varchar               -- JSON: {"polygon": [[x, y], …]}, {"keypoints": [[x, y, name, confidence], …]},
                                -- {"mask": [width, height, counts]} or {"png": base64}
);

-- By number of findings, the most first: the number is the colour.
create table labels (number integer not null, name varchar not null, findings integer not null);

create table outputs (number integer not null, name varchar not null);

-- Plain values that outputs gave for a picture. One of `value` and `text` is null.
create table cells (picture integer not null, output integer not null, value double, text varchar);

-- The files that were read, relative to the folder of the results, with what they were when they were.
create table sources (number integer not null, path varchar not null, size bigint not null, changed double not null);

-- What could not be read, or not as it should be. `name` is the picture's, or the file's with its line.
create table troubles (name varchar not null, reason varchar not null);
