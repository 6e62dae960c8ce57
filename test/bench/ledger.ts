import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { monotonicFactory } from 'ulid';
import { systemClock } from '../../src/host/system-clock.ts';
import { isAlive, ownIdentity } from '../../src/host/system-process.ts';
import { openLedger } from '../../src/ledger/sqlite.ts';
import { judge as verdict } from '../../src/requests/conflicts.ts';
import { rowIdentity } from '../../src/requests/identity.ts';
import { planErase } from '../../src/requests/plan/erase.ts';
import type { Sightings } from '../../src/requests/plan/preview.ts';
import type { PlannedRequest, Subject } from '../../src/requests/request.ts';
import { type Finding, judge } from './figures.ts';
import { idOf } from './people.ts';

const REQUESTS = 100_000;
/** As many as a batch records in one transaction. */
const PAGE = 500;
const MOST_SECONDS = 30;

interface Recorded {
  seconds: number;
  /** What the ledger takes on disk afterwards, bytes. */
  size: number;
  /** What was written on the way, the log and its merging included, bytes; null: the system does not say. */
  written: number | null;
}

/**
 * 100,000 hard erasures with three steps each, planned and recorded page by page with their
 * confirmation: for ids that come in their order, and for ids in none.
 */
export async function benchLedger(): Promise<Finding> {
  const cases: readonly [string, (number: number) => string][] = [
    ['ids in their order', idOf],
    ['ids in no order', (number) => createHash('md5').update(idOf(number)).digest('hex')],
  ];
  const rows: (readonly string[])[] = [];
  for (const [name, id] of cases) rows.push(...rowsOf(name, await recorded(id)));
  return {
    title: `Ledger: ${REQUESTS.toLocaleString('en-US')} hard erasures of three steps, planned and recorded ${PAGE} at a time`,
    rows,
    notes: [],
    complete: true,
  };
}

function rowsOf(name: string, { seconds, size, written }: Recorded): (readonly string[])[] {
  const each = (bytes: number): string => `${Math.round(bytes / REQUESTS)} bytes a request`;
  const time = `${seconds.toFixed(1)} s, ${Math.round((seconds * 1e6) / REQUESTS)} µs a request`;
  return [
    [`${name}: time`, time, '', judge(`under ${MOST_SECONDS} s`, seconds < MOST_SECONDS)],
    [`${name}: on disk`, each(size)],
    written === null
      ? [`${name}: written`, 'not told by this system']
      : [`${name}: written`, each(written), `${(written / size).toFixed(1)} x what stays`],
  ];
}

async function recorded(id: (number: number) => string): Promise<Recorded> {
  const folder = mkdtempSync(join(tmpdir(), 'gdpr-bench-ledger-'));
  try {
    const newId = monotonicFactory();
    const process = ownIdentity();
    const before = bytesWritten();
    const begin = performance.now();
    const ledger = await openLedger(folder, {
      clock: systemClock,
      isAlive: (other) => isAlive(other, process),
      process,
    });
    for (let first = 1; first <= REQUESTS; first += PAGE) {
      const subjects = Array.from({ length: PAGE }, (_, at) => subjectOf(id(first + at)));
      const opened = await ledger.open(
        planned(subjects, () => newId()),
        verdict,
        systemClock.now(),
        {
          operator: 'bench',
          how: 'flag',
        },
      );
      if (opened.some((one) => one.verdict.kind !== 'record')) throw new Error('not recorded');
    }
    // Closing merges the log into the file.
    await ledger.close();
    const seconds = (performance.now() - begin) / 1_000;
    const after = bytesWritten();
    const written = before === null || after === null ? null : after - before;
    return { seconds, size: statSync(join(folder, 'ledger.sqlite')).size, written };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function subjectOf(id: string): Subject {
  return { userId: id, streamId: id, sendbirdId: id };
}

/** What `erase --csv --hard` plans for a page, everybody seen by the look-up. */
function planned(subjects: readonly Subject[], newId: () => string): readonly PlannedRequest[] {
  const receivedOn = '2026-11-20';
  const { requests } = planErase(
    {
      subjects,
      targets: [
        {
          provider: 'stream',
          account: 'stream:key@https://stream.test',
          operations: ['export_feeds', 'export_users'],
        },
        {
          provider: 'sendbird',
          account: 'sendbird:app@https://sendbird.test',
          operations: ['access'],
        },
      ],
      mode: 'hard',
      stream: { user: 'hard', messages: 'hard', conversations: 'hard', calls: 'hard', files: true },
      channels: 'do_not_delete',
      exportFirst: false,
      acceptPartial: false,
      details: {
        reference: 'ZD-1042',
        profile: 'bench',
        operator: 'bench',
        receivedOn,
        dueOn: '2026-12-21',
        outDir: null,
      },
    },
    { sightings: sightingsOf(subjects), earlier: () => null },
    newId,
  );
  return requests.map((request) => ({
    ...request,
    identity: rowIdentity(request, { reference: request.reference, receivedOn }),
  }));
}

const SEEN = { visible: true, name: null, createdAt: null, lastSeenAt: null, deactivated: false };

function sightingsOf(subjects: readonly Subject[]): Sightings {
  const presence = new Map(subjects.map(({ userId }) => [userId, SEEN]));
  return new Map([
    ['stream', { presence, feeds: new Set(presence.keys()) }],
    ['sendbird', { presence, feeds: null }],
  ]);
}

/** Bytes that this process has handed to the system to be written; null where nobody counts them. */
function bytesWritten(): number | null {
  try {
    const [, bytes] = /^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8')) ?? [];
    return bytes === undefined ? null : Number(bytes);
  } catch {
    return null;
  }
}
