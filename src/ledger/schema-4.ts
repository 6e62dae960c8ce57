/**
 * Version 4: batches. `identity` is the SHA-256 of the row of a CSV that a request came from, as 64
 * hexadecimal digits; the event `intake` holds it too. `requests_walk` gives pages in the order of
 * recording. What is written for every request is kept small: an id at a provider is in an index
 * only where it is another than the operator's, those of one person's steps stand together, and
 * instead of one wide index of what may share a call there are two of the few that are asked about.
 */
export const VERSION_4 = `
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
