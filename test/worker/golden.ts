import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers';
import { onTestFinished } from 'vitest';
import type { Clock, ProcessIdentity } from '../../src/host/host.ts';
import type { DueStep, Ledger } from '../../src/ledger/ledger.ts';
import type { Collection, Opened } from '../../src/providers/provider.ts';
import type { Call, Operation, Step } from '../../src/requests/request.ts';
import type {
  Lookup,
  Search,
  Sighting,
  Submission,
  TaskReport,
  Unreachable,
} from '../../src/requests/transitions/answers.ts';
import type { Change } from '../../src/requests/transitions/change.ts';
import { CircuitBreaker } from '../../src/worker/circuit-breaker.ts';
import { runWorker } from '../../src/worker/worker.ts';
import { T0, access, account, call, fault, feeds, removal, step } from '../requests/make.ts';
import { type Script, closedLink, fakeProvider, file } from './fake-provider.ts';

/**
 * Every step that a run can meet, and every answer that a provider can give to it: one exchange
 * each, and the changes that it makes. The clock, the ids and the jitter are fixed.
 */

const ME: ProcessIdentity = { host: 'desk', boot: 'boot-1', pid: 1, started: '1' };
const HOUR = 3_600_000;

const passing = fault('busy');
const final = fault('refused', { passing: false, httpStatus: 400 });
const UNREACHABLE: Readonly<Record<string, Unreachable>> = {
  credentials: { kind: 'credentials', error: fault('credentials', { httpStatus: 401 }) },
  limited: { kind: 'limited', error: fault('rate_limited', { httpStatus: 429 }), retryAt: null },
  unavailable: { kind: 'unavailable', error: fault('unavailable', { httpStatus: 503 }) },
};

const SUBMISSIONS: Readonly<Record<string, Submission>> = {
  accepted: { kind: 'accepted', taskId: 'task-9', status: 'waiting' },
  done: { kind: 'done' },
  absent: { kind: 'absent', error: fault('unknown_user', { passing: false, httpStatus: 404 }) },
  refused: { kind: 'refused', error: final },
  'refused, passing': { kind: 'refused', error: passing },
  ...(UNREACHABLE as Record<string, Extract<Unreachable, Submission>>),
  'limited, told': { kind: 'limited', error: passing, retryAt: T0 + 7_000 },
  unsent: { kind: 'unsent', error: fault('no_connection') },
  lost: { kind: 'lost', error: fault('no_answer') },
};

const REPORTS: Readonly<Record<string, TaskReport>> = {
  running: { kind: 'running', status: 'running' },
  done: { kind: 'done', status: 'completed', results: null },
  'done, ok': { kind: 'done', status: 'completed', results: new Map([['ada', { kind: 'ok' }]]) },
  'done, failed': {
    kind: 'done',
    status: 'completed',
    results: new Map([['ada', { kind: 'failed', error: final }]]),
  },
  failed: { kind: 'failed', status: 'failed', error: final },
  'failed, passing': { kind: 'failed', status: 'failed', error: passing },
  no_data: { kind: 'no_data', status: 'no_data' },
  forgotten: { kind: 'forgotten', error: fault('task_lost') },
  unreadable: { kind: 'unreadable', error: fault('unreadable_answer') },
  ...UNREACHABLE,
};

/** What is seen of ada and bob. */
const SIGHTS: Readonly<Record<string, Sighting>> = {
  nobody: { kind: 'looked', visible: new Set() },
  ada: { kind: 'looked', visible: new Set(['ada']) },
  both: { kind: 'looked', visible: new Set(['ada', 'bob']) },
  not_checkable: { kind: 'not_checkable', error: fault('not_allowed', { httpStatus: 403 }) },
  unreadable: { kind: 'unavailable', error: fault('unreadable_answer') },
  ...UNREACHABLE,
};

const FOUND = { taskId: 'found-1', createdAt: T0 - 50_000, status: 'processing' };
const SEARCHES: Readonly<Record<string, Search>> = {
  none: { kind: 'listed', tasks: [] },
  one: { kind: 'listed', tasks: [FOUND] },
  two: { kind: 'listed', tasks: [FOUND, { ...FOUND, taskId: 'found-2', createdAt: T0 - 40_000 }] },
  known: { kind: 'listed', tasks: [{ ...FOUND, taskId: 'known' }] },
  ...UNREACHABLE,
};

const NO_LINK = { kind: 'no_link', error: fault('no_link') } as const;
const opening = (opened: Opened): Collection => ({
  kind: 'file',
  download: { expiresAt: null, open: async () => opened },
});
const COLLECTIONS: Readonly<Record<string, Collection>> = {
  file: file('{"id":"ada","messages":[]}\n'),
  'empty file': file(''),
  'cut file': file('{"id":"ada"'),
  'error page': file('<html>no</html>'),
  'refused link': closedLink(),
  'useless link': opening({ kind: 'unusable', error: final }),
  'file server down': opening({
    kind: 'unavailable',
    error: fault('unavailable', { httpStatus: 503 }),
  }),
  no_link: NO_LINK,
  running: { kind: 'running', status: 'running' },
  failed: { kind: 'failed', status: 'failed', error: final },
  no_data: { kind: 'no_data', status: 'no_data' },
  forgotten: { kind: 'forgotten', error: fault('task_lost') },
  unreadable: { kind: 'unreadable', error: fault('unreadable_answer') },
  ...UNREACHABLE,
};

/** What a provider is asked at each of these, in the words of the case. */
const ASKED = {
  submit: SUBMISSIONS,
  check: REPORTS,
  search: SEARCHES,
  collect: COLLECTIONS,
  look: SIGHTS,
} as const;
type Asked = keyof typeof ASKED;

const MAKE: Readonly<Record<Operation, (more: Partial<Step>) => Step>> = {
  export_feeds: (more) => step({ id: 'req_1/export_feeds', operation: 'export_feeds', ...more }),
  export_users: step,
  access,
  delete_feeds: feeds,
  delete_users: account,
  delete: removal,
  restore_users: (more) =>
    account({ id: 'req_1/restore_users', operation: 'restore_users', options: {}, ...more }),
};

const SENT = { attempts: 1, intendedAt: T0 - 60_000, callId: 'call_1' } as const;
const RUNS = { ...SENT, acceptedAt: T0 - 55_000, taskId: 'task-1' } as const;
const PART = 'call_1/1';
const PROTECTED = 'planned, protected';
const OLD = { ...SENT, intendedAt: T0 - 2 * HOUR };

/** The steps that a run can meet: state by state, with what else about them matters. */
const STEPS: Readonly<Record<string, Partial<Step>>> = {
  planned: { state: 'planned' },
  [PROTECTED]: { state: 'planned' },
  [`${PROTECTED}, in doubt`]: { state: 'planned', ...SENT, doubts: 1, batch: 'call_1' },
  'planned, never seen': { state: 'planned', before: 'not_visible' },
  'planned, nobody looked': { state: 'planned', before: null },
  'planned, erased before': { state: 'planned', before: 'not_visible', earlier: 'req_0' },
  'planned, accepted before': { state: 'planned', ...RUNS, callId: 'call_1', repeats: 1 },
  'planned, in doubt': { state: 'planned', ...SENT, doubts: 1, batch: 'call_1' },
  'planned, in doubt, searched': {
    state: 'planned',
    ...SENT,
    doubts: 1,
    batch: 'call_1',
    tries: 2,
  },
  'planned, in doubt, old': { state: 'planned', ...OLD, doubts: 1, batch: 'call_1' },
  'planned, in doubt twice': { state: 'planned', ...SENT, doubts: 2, batch: 'call_1' },
  'planned, part of a call': { state: 'planned', ...SENT, batch: PART },
  intended: { state: 'intended', ...SENT },
  'intended, in doubt': { state: 'intended', ...SENT, doubts: 1, batch: 'call_1' },
  accepted: { state: 'accepted', ...RUNS },
  'accepted, told once': { state: 'accepted', ...RUNS, checks: 3, tries: 1 },
  'accepted, told twice': { state: 'accepted', ...RUNS, checks: 4, tries: 2 },
  'accepted, repeated': { state: 'accepted', ...RUNS, checks: 4, tries: 2, repeats: 3 },
  reported: { state: 'reported', ...RUNS },
  'reported, tried': { state: 'reported', ...RUNS, tries: 1 },
  'reported, last try': { state: 'reported', ...RUNS, tries: 2 },
  'reported, often tried': { state: 'reported', ...RUNS, tries: 5 },
  'reported, never seen': { state: 'reported', ...RUNS, before: 'not_visible' },
  'reported, erased before': {
    state: 'reported',
    ...RUNS,
    before: 'not_visible',
    earlier: 'req_0',
  },
  'reported, nobody looked': { state: 'reported', ...RUNS, before: null },
  'reported, task lost': { state: 'reported', ...RUNS, error: fault('task_lost') },
  'reported, task lost, never seen': {
    state: 'reported',
    ...RUNS,
    error: fault('task_lost'),
    before: 'not_visible',
  },
  no_data: { state: 'no_data', ...RUNS },
  'no_data, never seen': { state: 'no_data', ...RUNS, before: 'not_visible' },
  'no_data, nobody looked': { state: 'no_data', ...RUNS, before: null },
  'no_data, repeated': { state: 'no_data', ...RUNS, repeats: 3 },
  in_doubt: { state: 'in_doubt', ...SENT, doubts: 1, batch: 'call_1' },
  'in_doubt, searched': { state: 'in_doubt', ...SENT, doubts: 1, batch: 'call_1', tries: 1 },
  'in_doubt, twice': { state: 'in_doubt', ...SENT, doubts: 2, batch: 'call_1', tries: 1 },
  'in_doubt, old': { state: 'in_doubt', ...OLD, doubts: 1, batch: 'call_1', tries: 1 },
};

const BATCHED: ReadonlySet<Operation> = new Set([
  'delete_feeds',
  'delete_users',
  'delete',
  'restore_users',
]);

interface Case {
  key: string;
  members: readonly DueStep[];
  /** Whether the profile protects ada. */
  isProtected: boolean;
}

function casesOf(operation: Operation, outDir: string): readonly Case[] {
  const isBatched = BATCHED.has(operation);
  return Object.entries(STEPS)
    .filter(([, { before, batch }]) => isBatched || (before === undefined && batch !== PART))
    .flatMap(([name, more]) =>
      (isBatched ? [1, 2] : [1]).map((size) => ({
        key: `${operation}${size === 1 ? '' : ' for two'} · ${name}`,
        members: membersOf(operation, more, size, outDir),
        isProtected: name.startsWith(PROTECTED),
      })),
    );
}

function membersOf(
  operation: Operation,
  more: Partial<Step>,
  size: number,
  outDir: string,
): readonly DueStep[] {
  // Nobody counts the doubts of an export, which may be repeated as often as it takes.
  const one = MAKE[operation](BATCHED.has(operation) ? more : { ...more, batch: null, doubts: 0 });
  const two = {
    ...one,
    id: one.id.replace('req_1', 'req_2'),
    requestId: 'req_2',
    subjectId: 'bob',
  };
  const steps = [one, two].slice(0, size).map((each) => ({ ...each, subjects: size }));
  const sent: Call | null =
    one.callId === null
      ? null
      : call(one, {
          stepIds: steps.map(({ id }) => id),
          subjectIds: steps.map(({ subjectId }) => subjectId),
          state:
            (more.doubts ?? 0) > 0 ? 'in_doubt' : one.acceptedAt === null ? 'intended' : 'accepted',
          intendedAt: one.intendedAt ?? T0,
        });
  return steps.map((each) => ({
    step: each,
    call: sent,
    outDir,
    subject: { userId: each.subjectId, streamId: each.subjectId, sendbirdId: each.subjectId },
    known: each.before === 'visible' || each.earlier !== null,
  }));
}

const none = (): Promise<never> => Promise.reject(new Error('a run does not ask this'));

/** A ledger that has these steps until something is recorded of them. */
function ledgerOf(members: readonly DueStep[], changes: Change[]): Ledger {
  let isOver = false;
  const due: Ledger['due'] = async (_token, query) =>
    members.filter(
      ({ step: each }) =>
        !isOver &&
        query.accounts.includes(each.account) &&
        (query.states?.includes(each.state) ?? true) &&
        (query.operations?.includes(each.operation) ?? true),
    );
  return {
    open: none,
    weigh: none,
    confirm: none,
    heldByOthers: none,
    seal: none,
    extend: none,
    settle: none,
    companions: none,
    request: none,
    brief: async () => [],
    identified: none,
    page: none,
    list: none,
    tally: none,
    calls: none,
    close: none,
    due,
    nextDueAt: async () => null,
    isAwaited: async () => false,
    stepsOf: async () => members,
    erasures: async () => [],
    knownTasks: async (_account, ids) => new Set(ids.filter((id) => id === 'known')),
    isTaskOfAnother: async (_step, id) => id === 'known',
    take: async (ids) => ids,
    renew: async () => undefined,
    release: async () => undefined,
    releaseEnded: async () => 0,
    async record(_token, change) {
      isOver = true;
      changes.push(change);
    },
  };
}

/** It is always the same instant; who sleeps is woken by what happens. */
function stoppedClock(): Clock {
  return {
    now: () => T0,
    monotonic: () => 0,
    turn: () => new Promise((resolve) => void setImmediate(resolve)),
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) resolve();
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
}

/** What a provider answered in a run, and what was recorded of it. */
interface Played {
  /** Of the answers that were given, which could have been others. */
  asked: readonly Asked[];
  text: string;
}

async function play(
  { members, isProtected }: Case,
  answers: Record<Asked, string>,
): Promise<Played> {
  const clock = stoppedClock();
  const asked: Asked[] = [];
  const changes: Change[] = [];
  const answer = <What extends Asked>(what: What): (typeof ASKED)[What][string] => {
    if (!asked.includes(what)) asked.push(what);
    const found = ASKED[what][answers[what]];
    if (found === undefined) throw new Error(`no answer ${answers[what]} to ${what}`);
    return found;
  };
  const sight = (): boolean | Exclude<Lookup, { kind: 'found' }> => {
    const seen = answer('look');
    if (seen.kind === 'looked') return seen.visible.has('ada');
    return seen.kind === 'not_checkable' ? { kind: 'unavailable', error: seen.error } : seen;
  };
  const script: Script = {
    submit: () => answer('submit'),
    check: () => answer('check'),
    search: () => answer('search'),
    collect: () => answer('collect'),
    look: () => answer('look'),
    lookup: sight,
  };
  const providers = (['stream', 'sendbird'] as const).map((name) =>
    fakeProvider(name, clock, script),
  );
  const breaker = new CircuitBreaker(
    () => clock.now(),
    () => 0.5,
    2_000,
  );
  let counted = 0;
  const stop = new AbortController();
  const ids = members.map(({ step: each }) => each.requestId);
  const ended = await runWorker(
    { next: async () => ids.splice(0), all: () => [] },
    'idle',
    { token: 'me', process: ME },
    {
      ledger: ledgerOf(members, changes),
      providers: new Map(providers.map((each) => [each.name, each])),
      clock,
      random: () => 0.5,
      protection: ({ userId }) => (isProtected && userId === 'ada' ? 'protected by ^a' : null),
      newId: () => String((counted += 1)),
      token: 'me',
      pollInterval: 2_000,
      breaker,
      waits: () => undefined,
      stop: stop.signal,
      tell: () => undefined,
      ended: async () => undefined,
      receipts: { of: none },
      receiptText: () => '',
      outstanding: 1_000,
    },
  ).then(
    () => [],
    (thrown: unknown) => [`throws ${thrown instanceof Error ? thrown.message : String(thrown)}`],
  );
  const heard = providers.flatMap((each) => each.heard.map(({ what }) => what));
  const stopped = (['stream', 'sendbird'] as const).flatMap((name) => {
    const why = breaker.stoppage(name);
    const files = breaker.filesStoppage(name);
    return [
      ...(why === null ? [] : [`${name} stopped: ${why.kind}`]),
      ...(files === null ? [] : [`files of ${name} stopped`]),
      ...(breaker.pausedUntil(name) > clock.now() ? [`${name} paused`] : []),
    ];
  });
  const text = [
    `heard ${heard.join(', ') || 'nothing'}`,
    ...effective(members, changes).map(plain),
    ...stopped,
    ...ended,
  ].join('\n  ');
  return { asked, text };
}

/** A change to be printed. */
interface Effective extends Pick<Change, 'at' | 'calls'> {
  callPatches?: readonly object[];
  steps?: readonly object[];
}

/** What changes, without what is patched to be as it is; a state that is set makes an event. */
function effective(members: readonly DueStep[], changes: readonly Change[]): readonly Effective[] {
  const known = new Map<string, object>(members.map(({ step: each }) => [each.id, each]));
  for (const { call: sent } of members) if (sent !== null) known.set(sent.id, sent);
  const news = (id: string, patch: object): object => {
    const before = new Map(Object.entries(known.get(id) ?? {}));
    const changed = Object.entries(patch).filter(
      ([key, value]) => key === 'state' || before.get(key) !== value,
    );
    known.set(id, { ...known.get(id), ...patch });
    return Object.fromEntries(changed);
  };
  return changes.map(({ callPatches = [], ...change }) => {
    for (const sent of change.calls ?? []) known.set(sent.id, sent);
    const patched = callPatches.map(({ id, patch }) => ({ id, patch: news(id, patch) }));
    const steps = change.steps?.map(({ id, patch }) => ({ id, patch: news(id, patch) }));
    return {
      ...change,
      ...(steps === undefined ? {} : { steps }),
      ...(patched.length === 0 ? {} : { callPatches: patched }),
    };
  });
}

/** A change with instants as distances from now, in a fixed order of keys. */
function plain({ at, ...change }: Effective): string {
  const text = JSON.stringify(change, (key, value: unknown) => {
    if (key.endsWith('At') && typeof value === 'number')
      return `${value - T0 >= 0 ? '+' : ''}${value - T0}`;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
  return at === T0 ? text : `at ${at - T0}: ${text}`;
}

const FIRST: Record<Asked, string> = {
  submit: 'accepted',
  check: 'running',
  search: 'none',
  collect: 'file',
  look: 'nobody',
};

/** All that can be answered to a case: what was asked is answered in each way, the others once. */
async function allOf(each: Case): Promise<readonly [string, string][]> {
  const rows: [string, string][] = [];
  const walk = async (answers: Record<Asked, string>, fixed: readonly Asked[]): Promise<void> => {
    const { asked, text } = await play(each, answers);
    const next = asked.find((what) => !fixed.includes(what));
    if (next === undefined) {
      const words = fixed.map((what) => `${what}: ${answers[what]}`).join(', ');
      rows.push([`${each.key} · ${words || 'nothing is asked'}`, text]);
      return;
    }
    for (const answer of Object.keys(ASKED[next])) {
      await walk({ ...answers, [next]: answer }, [...fixed, next]);
    }
  };
  await walk(FIRST, []);
  return rows;
}

/** The table of an operation: what is recorded, and in which cases. */
export async function goldenTable(operation: Operation): Promise<string> {
  const byText = new Map<string, string[]>();
  const outDir = mkdtempSync(join(tmpdir(), 'gdpr-golden-'));
  onTestFinished(() => rmSync(outDir, { recursive: true }));
  for (const each of casesOf(operation, outDir)) {
    for (const [key, text] of await allOf(each)) {
      byText.set(text, [...(byText.get(text) ?? []), key]);
    }
  }
  return [...byText].map(([text, keys]) => `${keys.join('\n')}\n  ${text}\n`).join('\n');
}
