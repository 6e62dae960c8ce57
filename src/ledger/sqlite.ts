import type { Clock, Host } from '../host/host.ts';
import { confirmHeld, extend, seal, settle } from './decisions.ts';
import { due, isAwaited, nextDueAt } from './due.ts';
import { faultOf, isFailureOfFile } from './faults.ts';
import { type Connection, snapshot } from './file/connection.ts';
import { checkTables, openFile } from './file/open.ts';
import { companions, heldByOthers, release, releaseEnded, renew, take } from './leases.ts';
import type { Ledger } from './ledger.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { listRequests, pageOfIds, tally } from './queries/list.ts';
import { erasures, isTaskOfAnother, knownTasks, newestIdentified } from './queries/past.ts';
import { briefs, callsServing, readRequest } from './queries/request.ts';
import { record } from './record.ts';
import { stepsServed } from './rows/steps.ts';
import { intake, weigh } from './submission.ts';
import { dropRemembered } from './unit-of-work.ts';

interface Pending {
  /** Does the work; what it answers tells the caller, once it may. */
  work(): () => void;
  reject(reason: unknown): void;
}

/** Gathers the writes of one turn of the event loop into one transaction. */
function createGroupCommit(on: Connection, clock: Clock) {
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

/** What the ledger needs of the world; `process` is this one. */
export type LedgerDeps = Pick<Host, 'clock' | 'isAlive' | 'process'>;

/**
 * Opens the ledger of a profile, `<folder>/ledger.sqlite`, and makes it where there is none.
 * Rejects with GdprError `ledger` or `storage`; what stood in its place is untouched then.
 */
export async function openLedger(folder: string, deps: LedgerDeps): Promise<Ledger> {
  const on = openFile(folder, MIGRATIONS);
  checkTables(on);
  return ledgerOn(on, deps);
}

/** The ledger on a file that is open. */
export function ledgerOn(on: Connection, deps: LedgerDeps): Ledger {
  const writer = createGroupCommit(on, deps.clock);
  const read = async <T>(query: () => T): Promise<T> => snapshot(on, query);
  const observed = (process: LedgerDeps['process']) => ({ process, isAlive: deps.isAlive });
  return {
    open: (wanted, judge, at, confirmation) =>
      writer.write(() => intake(on, wanted, judge, at, confirmation ?? null)),
    weigh: (wanted, judge) => writer.write(() => weigh(on, wanted, judge, deps.clock.now())),
    confirm: (token, ids, confirmation) =>
      writer.write(() => confirmHeld(on, token, ids, { ...confirmation, at: deps.clock.now() })),
    erasures: (account, subjectIds) => read(() => erasures(on, account, subjectIds)),
    take: (ids, holder, at) =>
      writer.write(() => take(on, ids, holder, observed(holder.process), at)),
    renew: (holder, at) => writer.write(() => renew(on, holder, at)),
    release: (holder) => writer.write(() => release(on, holder)),
    releaseEnded: (holder) => writer.write(() => releaseEnded(on, holder)),
    heldByOthers: (ids, token, at) =>
      read(() => heldByOthers(on, ids, token, observed(deps.process), at)),
    record: (token, change) => writer.write(() => record(on, token, change)),
    seal: (token, requestId) => writer.write(() => seal(on, token, requestId)),
    extend: (token, requestId, extension) =>
      writer.write(() => extend(on, token, requestId, extension)),
    settle: (token, requestId, closing) =>
      writer.write(() => settle(on, token, requestId, closing)),
    due: (token, query) => read(() => due(on, token, query)),
    nextDueAt: (token, query) => read(() => nextDueAt(on, token, query)),
    isAwaited: (token, account, group) => read(() => isAwaited(on, token, account, group)),
    stepsOf: (callId) => read(() => stepsServed(on, callId)),
    companions: (callId) => read(() => companions(on, callId)),
    isTaskOfAnother: (step, taskId) => read(() => isTaskOfAnother(on, step, taskId)),
    knownTasks: (account, taskIds) => read(() => knownTasks(on, account, taskIds)),
    request: (id) => read(() => readRequest(on, id)),
    brief: (ids) => read(() => briefs(on, ids)),
    identified: (identities) => read(() => newestIdentified(on, identities)),
    page: (filter, after, limit) => read(() => pageOfIds(on, filter, after, limit)),
    list: (filter) => read(() => listRequests(on, filter)),
    tally: (filter, today) => read(() => tally(on, filter, today)),
    calls: (requestId) => read(() => callsServing(on, requestId)),
    async close() {
      writer.flush();
      on.close();
    },
  };
}
