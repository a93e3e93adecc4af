CREATE TABLE ledger_calls (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  at FLOAT NOT NULL
);
CREATE TABLE ledger_caps (
  account TEXT NOT NULL,
  mode TEXT NOT NULL,
  until FLOAT NOT NULL,
  PRIMARY KEY (account, mode)
);
CREATE TABLE ledger_history (
  number INTEGER NOT NULL,
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  at FLOAT NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  log_id TEXT,
  asked TEXT,
  answered TEXT,
  PRIMARY KEY (number)
);
CREATE TABLE ledger_names (
  publish_id TEXT NOT NULL,
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (publish_id)
);
CREATE TABLE ledger_outbox (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  notifier TEXT NOT NULL,
  event TEXT NOT NULL
);
CREATE TABLE ledger_posts (
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  content TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  mode TEXT NOT NULL,
  size_bytes BIGINT,
  media_version TEXT,
  publish_id TEXT,
  upload_url TEXT,
  url_expires_at FLOAT,
  acknowledged BIGINT NOT NULL,
  post_ids TEXT NOT NULL,
  privacy_level TEXT,
  failure TEXT,
  tries INTEGER NOT NULL,
  next_at FLOAT,
  owner TEXT,
  owned_until FLOAT NOT NULL,
  created_at FLOAT NOT NULL,
  updated_at FLOAT NOT NULL,
  PRIMARY KEY (account, id)
);
CREATE TABLE ledger_version (
  version INTEGER NOT NULL
);
CREATE INDEX ledger_posts_by_id ON ledger_posts (id);
CREATE INDEX ledger_history_of_post ON ledger_history (account, id, number);
CREATE INDEX ledger_calls_in_window ON ledger_calls (account, kind, at);
