import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Receipt } from '../../src/requests/receipt.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Played } from './play.ts';
import type { Ended, World } from './world.ts';

export type Task = ReturnType<Sandbox['control']['tasks']>[number];

/** A call as the ledger has it on record. */
export interface RecordedCall {
  id: string;
  operation: string;
  taskId: string | null;
  state: string;
  replaces: string | null;
  intendedAt: number;
  /** `<request>/<operation>` of each person that it serves, and their ids there. */
  stepIds: readonly string[];
  subjectIds: readonly string[];
}

/** The events of a request: their numbers in their order, and the hash of the last. */
export interface Chain {
  sequences: readonly number[];
  head: string;
}

/** All that a verdict is made from, once everything has come to rest. */
export interface Evidence {
  world: World;
  played: readonly Played[];
  /** What was run to bring it to rest. */
  settling: readonly Ended[];
  receipts: readonly Receipt[];
  calls: readonly RecordedCall[];
  chains: ReadonlyMap<string, Chain>;
  tasks: readonly Task[];
}

/** What is wrong, and which request shows it (null: none does). */
export interface Violation {
  check: string;
  requestId: string | null;
  what: string;
}

/** The documents of a `--json` run, one a line; what does not parse is left out. */
export function documentsOf<T extends { schema: string }>(text: string, schema: T['schema']): T[] {
  return text.split('\n').flatMap((line) => {
    try {
      const document: T | null = JSON.parse(line);
      return document?.schema === schema ? [document] : [];
    } catch {
      return [];
    }
  });
}

export function receiptsOf({ out }: Ended): Receipt[] {
  return documentsOf<Receipt>(out, 'gdpr-receipt/1');
}

/** Opens the ledger's file for reading; null: there is none. */
async function openLedger({ dir }: World): Promise<DatabaseSync | null> {
  const state = join(dir, 'state');
  const found = await readdir(state, { recursive: true }).catch(() => []);
  const file = found.find((name) => name.endsWith('ledger.sqlite'));
  return file === undefined ? null : new DatabaseSync(join(state, file), { readOnly: true });
}

/** The events of all requests, as they stand in the ledger's file. */
export async function recordedChains(world: World): Promise<Map<string, Chain>> {
  const db = await openLedger(world);
  const chains = new Map<string, Chain>();
  const rows = db?.prepare('SELECT * FROM events ORDER BY request_id, sequence').all() ?? [];
  for (const row of rows) {
    const id = String(row['request_id']);
    const sequences = [...(chains.get(id)?.sequences ?? []), Number(row['sequence'])];
    chains.set(id, { sequences, head: String(row['hash']) });
  }
  db?.close();
  return chains;
}

/** The calls in the ledger, read from its file: receipts show the last call of each step only. */
export async function recordedCalls(world: World): Promise<RecordedCall[]> {
  const db = await openLedger(world);
  if (db === null) return [];
  try {
    const served = db.prepare(
      'SELECT step_id, subject_id FROM call_steps WHERE call_id = ? ORDER BY ordinal',
    );
    return db
      .prepare('SELECT * FROM calls ORDER BY ordinal')
      .all()
      .map((row) => {
        const steps = served.all(row['id'] ?? null);
        return {
          id: String(row['id']),
          operation: String(row['operation']),
          taskId: textOrNull(row['task_id']),
          state: String(row['state']),
          replaces: textOrNull(row['replaces']),
          intendedAt: Number(row['intended_at']),
          stepIds: steps.map((step) => String(step['step_id'])),
          subjectIds: steps.map((step) => String(step['subject_id'])),
        };
      });
  } finally {
    db.close();
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
