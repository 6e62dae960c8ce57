/**
 * Version 1. One row a request, step, call and artifact says what is; `events` says what happened
 * and is only ever added to. `steps.lease_token` is its request's, so that the due steps of a
 * holder stand in one index in their order. What a step waits for: `ifnull(next_at, -1)`.
 */
export const VERSION_1 = `
CREATE TABLE holders (
  token TEXT PRIMARY KEY,
  host TEXT NOT NULL,
  boot TEXT NOT NULL,
  pid INTEGER NOT NULL,
  started TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  action TEXT NOT NULL,
  mode TEXT,
  user_id TEXT NOT NULL,
  stream_id TEXT,
  sendbird_id TEXT,
  reference TEXT,
  profile TEXT NOT NULL,
  operator TEXT NOT NULL,
  received_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  out_dir TEXT,
  state TEXT NOT NULL,
  sealed INTEGER NOT NULL,
  lease_token TEXT REFERENCES holders (token),
  sequence INTEGER NOT NULL,
  head TEXT NOT NULL
) STRICT;
CREATE INDEX requests_newest ON requests (created_at);
CREATE INDEX requests_unfinished ON requests (created_at) WHERE finished_at IS NULL OR sealed = 0;
CREATE INDEX requests_state ON requests (state, created_at);
CREATE INDEX requests_user ON requests (user_id);
CREATE INDEX requests_stream ON requests (stream_id) WHERE stream_id IS NOT NULL;
CREATE INDEX requests_sendbird ON requests (sendbird_id) WHERE sendbird_id IS NOT NULL;
CREATE INDEX requests_lease ON requests (lease_token) WHERE lease_token IS NOT NULL;

CREATE TABLE calls (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  provider TEXT NOT NULL,
  operation TEXT NOT NULL,
  account TEXT NOT NULL,
  options TEXT NOT NULL,
  task_id TEXT,
  state TEXT NOT NULL,
  replaces TEXT REFERENCES calls (id),
  provider_status TEXT,
  intended_at INTEGER NOT NULL,
  answered_at INTEGER
) STRICT;
CREATE INDEX calls_task ON calls (account, task_id) WHERE task_id IS NOT NULL;
CREATE INDEX calls_replaced ON calls (replaces) WHERE replaces IS NOT NULL;

CREATE TABLE steps (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  request_id TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  operation TEXT NOT NULL,
  account TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  options TEXT NOT NULL,
  state TEXT NOT NULL,
  note TEXT,
  error TEXT,
  whole INTEGER NOT NULL,
  call_id TEXT REFERENCES calls (id),
  task_id TEXT,
  subjects INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  checks INTEGER NOT NULL,
  repeats INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  next_at INTEGER,
  intended_at INTEGER,
  accepted_at INTEGER,
  finished_at INTEGER,
  lease_token TEXT
) STRICT;
CREATE INDEX steps_request ON steps (request_id);
CREATE INDEX steps_subject ON steps (account, subject_id);
CREATE INDEX steps_call ON steps (call_id) WHERE call_id IS NOT NULL;
CREATE INDEX steps_due ON steps (lease_token, account, state, ifnull(next_at, -1))
  WHERE finished_at IS NULL;
CREATE TRIGGER steps_follow_lease AFTER UPDATE OF lease_token ON requests BEGIN
  UPDATE steps SET lease_token = NEW.lease_token WHERE request_id = NEW.id;
END;

CREATE TABLE call_steps (
  call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  step_id TEXT NOT NULL REFERENCES steps (id) ON DELETE CASCADE,
  subject_id TEXT NOT NULL,
  PRIMARY KEY (call_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_steps_step ON call_steps (step_id);

CREATE TABLE artifacts (
  step_id TEXT NOT NULL REFERENCES steps (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  path TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  format TEXT NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY (step_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  request_id TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  step_id TEXT,
  state TEXT,
  call_id TEXT,
  task_id TEXT,
  error_code TEXT,
  ordinal INTEGER,
  sha256 TEXT,
  bytes INTEGER,
  hash TEXT NOT NULL,
  PRIMARY KEY (request_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN
  SELECT RAISE(ABORT, 'events are only ever added to');
END;
CREATE TRIGGER events_go_with_their_request BEFORE DELETE ON events
WHEN EXISTS (SELECT 1 FROM requests WHERE id = OLD.request_id) BEGIN
  SELECT RAISE(ABORT, 'events go only together with their request');
END;
`;

/** What a ledger is made of; a file that lacks one of them is damaged. */
export const TABLES = [
  'holders',
  'requests',
  'calls',
  'steps',
  'call_steps',
  'artifacts',
  'events',
  'confirmations',
] as const;
