CREATE TABLE calls (
  account VARCHAR(64) NOT NULL,
  kind VARCHAR(20) NOT NULL,
  at FLOAT NOT NULL
);
CREATE TABLE history (
  number INTEGER NOT NULL,
  account VARCHAR(64) NOT NULL,
  id VARCHAR(200) NOT NULL,
  at FLOAT NOT NULL,
  state VARCHAR(20) NOT NULL,
  note TEXT NOT NULL,
  log_id VARCHAR(80),
  PRIMARY KEY (number)
);
CREATE TABLE ledger_version (
  version INTEGER NOT NULL
);
CREATE TABLE outbox (
  number INTEGER NOT NULL,
  account VARCHAR(64) NOT NULL,
  id VARCHAR(200) NOT NULL,
  notifier TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (number)
);
CREATE TABLE posts (
  account VARCHAR(64) NOT NULL,
  id VARCHAR(200) NOT NULL,
  content TEXT NOT NULL,
  state VARCHAR(20) NOT NULL,
  version INTEGER NOT NULL,
  mode VARCHAR(10) NOT NULL,
  size_bytes INTEGER,
  media_version TEXT,
  publish_id VARCHAR(64),
  upload_url TEXT,
  url_expires_at FLOAT,
  acknowledged INTEGER NOT NULL,
  post_ids TEXT NOT NULL,
  privacy_level VARCHAR(40),
  failure TEXT,
  tries INTEGER NOT NULL,
  next_at FLOAT,
  owner TEXT,
  owned_until FLOAT NOT NULL,
  created_at FLOAT NOT NULL,
  updated_at FLOAT NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE INDEX history_of_post ON history (account, id);
CREATE INDEX calls_in_window ON calls (account, kind, at);
