CREATE TABLE facts (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL
) STRICT;
CREATE TABLE bodies (
  digest BLOB NOT NULL PRIMARY KEY,
  size INTEGER NOT NULL,
  coding TEXT NOT NULL CHECK (coding IN ('deflate', 'none')),
  bytes BLOB NOT NULL
) STRICT;
CREATE TABLE exchanges (
  id INTEGER PRIMARY KEY,
  session TEXT NOT NULL,
  method TEXT NOT NULL,
  url TEXT NOT NULL,
  head TEXT NOT NULL,
  request_body BLOB REFERENCES bodies (digest),
  response_body BLOB REFERENCES bodies (digest)
) STRICT;
CREATE TABLE steps (
  id INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  title TEXT NOT NULL,
  head TEXT NOT NULL
) STRICT;
CREATE TABLE blobs (
  step INTEGER NOT NULL REFERENCES steps (id),
  number INTEGER NOT NULL,
  body BLOB NOT NULL REFERENCES bodies (digest),
  PRIMARY KEY (step, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE sights (
  id INTEGER PRIMARY KEY,
  of TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE TABLE outputs (
  id INTEGER PRIMARY KEY,
  branch TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('print', 'emit')),
  data_set TEXT,
  text TEXT NOT NULL
) STRICT;
CREATE TABLE seal (
  digest BLOB NOT NULL
) STRICT;
