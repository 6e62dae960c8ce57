import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import type { ProcessIdentity } from '../../src/host/host.ts';
import type { Holder, Judge, Ledger } from '../../src/ledger/ledger.ts';
import { type LedgerDeps, openLedger } from '../../src/ledger/sqlite.ts';
import type { Confirmation } from '../../src/requests/confirmation.ts';
import type { Call, PlannedRequest } from '../../src/requests/request.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';
import { SENDBIRD, STREAM, erasure, plan, restoration } from './plan.ts';

export { erasure, plan, restoration, SENDBIRD, STREAM };
export const ACCOUNTS = [STREAM, SENDBIRD];
export const T0 = 1_000_000;

export const recordAll: Judge = () => ({ kind: 'record' });

export const YES: Confirmation = { operator: 'jane', how: 'typed' };

export const HERE: ProcessIdentity = { host: 'box', boot: 'boot-1', pid: 100, started: '1' };

export function holder(token: string, process: Partial<ProcessIdentity> = {}): Holder {
  return { token, process: { ...HERE, ...process } };
}

export function deps(alive = true): LedgerDeps {
  return { clock: virtualClock(T0), isAlive: () => alive, process: HERE };
}

/** An empty folder that goes with the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gdpr-ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The call that serves the Stream steps of these requests. */
export function callFor(id: string, names: readonly string[], more: Partial<Call> = {}): Call {
  return {
    id,
    provider: 'stream',
    operation: 'export_users',
    account: STREAM,
    options: {},
    stepIds: names.map((name) => `st_${name}_users`),
    subjectIds: names.map((name) => `user ${name}`),
    taskId: null,
    state: 'intended',
    replaces: null,
    adopted: false,
    providerStatus: null,
    intendedAt: T0,
    answeredAt: null,
    ...more,
  };
}

export interface Stage {
  folder: string;
  file: string;
  ledger: Ledger;
  clock: VirtualClock;
  /** A second look at the file, past the ledger. */
  raw: () => DatabaseSync;
}

/** A ledger in a folder of its own that holds these exports, taken by the token `me`. */
export async function stage(names: readonly string[] = []): Promise<Stage> {
  return stageOf(names.map((name) => plan(name)));
}

/** The same with requests of any kind, confirmed by `YES`; its clock stands at `T0`. */
export async function stageOf(plans: readonly PlannedRequest[]): Promise<Stage> {
  const folder = tempFolder();
  const file = join(folder, 'ledger.sqlite');
  const clock = virtualClock(T0);
  const ledger = await openLedger(folder, { ...deps(), clock });
  onTestFinished(() => ledger.close());
  await ledger.open(plans, recordAll, T0, YES);
  await ledger.take(
    plans.map(({ id }) => id),
    holder('me'),
    T0,
  );
  return {
    folder,
    file,
    ledger,
    clock,
    raw: () => {
      const db = new DatabaseSync(file, { timeout: 5_000 });
      onTestFinished(() => {
        if (db.isOpen) db.close();
      });
      return db;
    },
  };
}

/** The deletion of accounts of these erases in one call. */
export function deletionFor(id: string, names: readonly string[], more: Partial<Call> = {}): Call {
  return callFor(id, names, { operation: 'delete_users', options: { user: 'hard' }, ...more });
}

/** Ends both steps of a request well, the Stream one with a file. */
export async function finish(ledger: Ledger, name: string, at: number): Promise<void> {
  await ledger.record('me', {
    at,
    steps: [
      { id: `st_${name}_users`, patch: { state: 'succeeded', finishedAt: at } },
      { id: `st_${name}_access`, patch: { state: 'not_found', finishedAt: at } },
    ],
    artifacts: [{ stepId: `st_${name}_users`, artifact: FILE }],
  });
}

export const FILE = {
  path: 'stream/users.jsonl',
  bytes: 1234,
  sha256: 'ab'.repeat(32),
  format: 'jsonl',
  records: 17,
} as const;
