import type { Clock } from '../host/host.ts';
import { faultOf, isFailureOfFile } from './faults.ts';
import type { Connection } from './file/connection.ts';
import { dropRemembered } from './unit-of-work.ts';

interface Pending {
  /** Does the work; what it answers tells the caller, once it may. */
  work(): () => void;
  reject(reason: unknown): void;
}

/** Gathers the writes of one turn of the event loop into one transaction. */
export function createGroupCommit(on: Connection, clock: Clock) {
  let gathered: Pending[] = [];

  /** Commits what has been gathered, now. */
  function flush(): void {
    const batch = gathered;
    gathered = [];
    if (batch.length > 0) commit(on, batch);
  }

  return {
    flush,
    /**
     * Runs `job` inside the next transaction; settles after its commit. A job that throws is undone
     * alone. It may be run twice, the first time for nothing, so it changes nothing but the ledger.
     */
    write<T>(job: () => T): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      if (gathered.length === 0) void clock.turn().then(flush);
      gathered.push({
        reject,
        work() {
          const value = job();
          return () => resolve(value);
        },
      });
      return promise;
    },
  };
}

/** All of the batch in one transaction; nobody hears of it before it is on disk. */
function commit(on: Connection, batch: readonly Pending[]): void {
  let answers: readonly (() => void)[];
  try {
    answers = transaction(on, batch);
  } catch (thrown) {
    const fault = faultOf(thrown, on.file);
    for (const one of batch) one.reject(fault);
    return;
  }
  for (const answer of answers) answer();
}

/**
 * Jobs rarely fail, and a savepoint for each is dear: they are done without, and where one throws all
 * of it is undone and done again, each job apart.
 */
function transaction(on: Connection, batch: readonly Pending[]): readonly (() => void)[] {
  try {
    return committed(on, () => batch.map((one) => one.work()));
  } catch (thrown) {
    if (isFailureOfFile(thrown)) throw thrown;
    return committed(on, () => batch.map((one) => apart(on, one)));
  }
}

function committed<T>(on: Connection, work: () => T): T {
  on.db.exec('BEGIN IMMEDIATE');
  try {
    const done = work();
    on.db.exec('COMMIT');
    return done;
  } catch (thrown) {
    dropRemembered(on);
    throw thrown;
  } finally {
    if (on.db.isTransaction) on.db.exec('ROLLBACK');
  }
}

/** One job in a savepoint of its own. A disk or file that fails ends the whole transaction. */
function apart(on: Connection, one: Pending): () => void {
  on.sql('SAVEPOINT job').run();
  try {
    const answer = one.work();
    on.sql('RELEASE job').run();
    return answer;
  } catch (thrown) {
    if (isFailureOfFile(thrown)) throw thrown;
    dropRemembered(on);
    on.db.exec('ROLLBACK TO job; RELEASE job');
    return () => one.reject(faultOf(thrown, on.file));
  }
}
