/**
 * Version 2: what an erase or restore needs. `confirmations` says who said yes and how; the event
 * `confirmed` holds a hash of each. `requests.confirmed_at` is the last of them. Steps that wait for
 * another step are `blocked` and not in the index of those that are due; `steps_group` finds those
 * that may share a call.
 */
export const VERSION_2 = `
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
