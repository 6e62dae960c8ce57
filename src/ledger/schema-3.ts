/**
 * Version 3: a deadline that was extended and a request that was settled by hand; the events
 * `extended` and `closed` hold a hash of each. `due` is the day that counts. Every page of a list,
 * and every count, is read from one index for each state and action. The steps of a closed request
 * follow no lease, so that none of them is due.
 */
export const VERSION_3 = `
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
