import { VERSION_1 } from './schema.ts';

/**
 * Version 2: what an erase or restore needs. `confirmations` says who said yes and how; the event
 * `confirmed` holds a hash of each. `requests.confirmed_at` is the last of them. Steps that wait for
 * another step are `blocked` and not in the index of those that are due; `steps_group` finds those
 * that may share a call.
 */
const VERSION_2 = `
ALTER TABLE requests ADD COLUMN accept_partial INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN confirmed_at INTEGER;

ALTER TABLE steps ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE steps ADD COLUMN batch TEXT;
ALTER TABLE steps ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE steps ADD COLUMN before TEXT;
ALTER TABLE steps ADD COLUMN after TEXT;
ALTER TABLE steps ADD COLUMN looked_at INTEGER;
ALTER TABLE steps ADD COLUMN earlier TEXT;
DROP INDEX steps_due;
CREATE INDEX steps_due ON steps (lease_token, account, state, operation, ifnull(next_at, -1))
  WHERE finished_at IS NULL AND blocked = 0;
CREATE INDEX steps_group
  ON steps (lease_token, account, operation, options, batch, state, blocked, ifnull(next_at, -1))
  WHERE finished_at IS NULL;

CREATE TABLE confirmations (
  request_id TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  at INTEGER NOT NULL,
  operator TEXT NOT NULL,
  how TEXT NOT NULL,
  PRIMARY KEY (request_id, ordinal)
) STRICT, WITHOUT ROWID;
`;

/**
 * Version 3: a deadline that was extended and a request that was settled by hand; the events
 * `extended` and `closed` hold a hash of each. `due` is the day that counts. Every page of a list,
 * and every count, is read from one index for each state and action. The steps of a closed request
 * follow no lease, so that none of them is due.
 */
const VERSION_3 = `
ALTER TABLE requests ADD COLUMN extended_until TEXT;
ALTER TABLE requests ADD COLUMN extension_reason TEXT;
ALTER TABLE requests ADD COLUMN extended_by TEXT;
ALTER TABLE requests ADD COLUMN extended_at INTEGER;
ALTER TABLE requests ADD COLUMN closing_reason TEXT;
ALTER TABLE requests ADD COLUMN closed_by TEXT;
ALTER TABLE requests ADD COLUMN closed_at INTEGER;
ALTER TABLE requests ADD COLUMN due TEXT AS (coalesce(extended_until, due_on)) VIRTUAL;
ALTER TABLE requests ADD COLUMN unfinished INTEGER
  AS (finished_at IS NULL OR sealed = 0) VIRTUAL;

DROP INDEX requests_newest;
DROP INDEX requests_unfinished;
DROP INDEX requests_state;
CREATE INDEX requests_newest ON requests (state, action, unfinished, created_at, ordinal, due);
CREATE INDEX requests_urgent ON requests (state, action, unfinished, due, created_at);
CREATE INDEX requests_reference
  ON requests (reference, state, action, unfinished, due, created_at)
  WHERE reference IS NOT NULL;

DROP TRIGGER steps_follow_lease;
CREATE TRIGGER steps_follow_lease AFTER UPDATE OF lease_token ON requests
WHEN NEW.closed_at IS NULL BEGIN
  UPDATE steps SET lease_token = NEW.lease_token WHERE request_id = NEW.id;
END;
CREATE TRIGGER steps_of_closed AFTER UPDATE OF closed_at ON requests
WHEN NEW.closed_at IS NOT NULL BEGIN
  UPDATE steps SET lease_token = NULL WHERE request_id = NEW.id;
END;
`;

/**
 * Version 4: batches. `identity` is the SHA-256 of the row of a CSV that a request came from, as 64
 * hexadecimal digits; the event `intake` holds it too. `requests_walk` gives pages in the order of
 * recording. What is written for every request is kept small: an id at a provider is in an index
 * only where it is another than the operator's, those of one person's steps stand together, and
 * instead of one wide index of what may share a call there are two of the few that are asked about.
 */
const VERSION_4 = `
ALTER TABLE requests ADD COLUMN identity TEXT;
CREATE INDEX requests_identity ON requests (identity) WHERE identity IS NOT NULL;
CREATE INDEX requests_walk ON requests (state, unfinished);

DROP INDEX requests_stream;
DROP INDEX requests_sendbird;
CREATE INDEX requests_stream ON requests (stream_id) WHERE stream_id <> user_id;
CREATE INDEX requests_sendbird ON requests (sendbird_id) WHERE sendbird_id <> user_id;

DROP INDEX steps_subject;
CREATE INDEX steps_subject ON steps (subject_id, account);

DROP INDEX steps_group;
CREATE INDEX steps_batch
  ON steps (lease_token, account, operation, options, batch, state, blocked, ifnull(next_at, -1))
  WHERE finished_at IS NULL AND batch IS NOT NULL;
CREATE INDEX steps_awaited ON steps (lease_token, account, operation, options, batch)
  WHERE finished_at IS NULL AND state = 'planned' AND blocked = 1;
`;

/**
 * Version 5: a call says that it was adopted. Before, it was one with a task that replaces another and
 * was answered in the millisecond of its intent.
 */
const VERSION_5 = `
ALTER TABLE calls ADD COLUMN adopted INTEGER NOT NULL DEFAULT 0;
UPDATE calls SET adopted = 1
  WHERE replaces IS NOT NULL AND task_id IS NOT NULL AND intended_at = answered_at;
`;

/** SQL that brings the schema from one version to the next; the first makes version 1. Only ever added to. */
export const MIGRATIONS: readonly string[] = [
  VERSION_1,
  VERSION_2,
  VERSION_3,
  VERSION_4,
  VERSION_5,
];
