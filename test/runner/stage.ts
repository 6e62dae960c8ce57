import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock, ProcessIdentity } from '../../src/host.ts';
import type { Holder, Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/sqlite.ts';
import type { Collection, Outgoing, Provider, RunningCall } from '../../src/providers/provider.ts';
import type { Lookup, Search, Submission, TaskReport } from '../../src/requests/outcome.ts';
import { planExport } from '../../src/requests/plan.ts';
import type { ProviderName, Request, Step } from '../../src/requests/request.ts';
import { Health } from '../../src/runner/health.ts';
import { type Until, run } from '../../src/runner/runner.ts';
import { createQueue } from '../../src/runner/queue.ts';
import type { Work } from '../../src/runner/work.ts';
import { SENDBIRD, STREAM, fault } from '../requests/make.ts';
import { type FakeClock, fakeClock } from '../support/host.ts';

/** Undefined: it goes well. */
type Answer<T> = T | undefined | Promise<T | undefined>;

/** What a provider answers; `n` counts this method's calls from 1. What is left out goes well. */
export interface Script {
  admit?(): number | null;
  submit?(call: Outgoing, n: number, signal: AbortSignal): Answer<Submission>;
  check?(call: RunningCall, n: number, signal: AbortSignal): Answer<TaskReport>;
  collect?(call: RunningCall, n: number, signal: AbortSignal): Answer<Collection>;
  lookup?(subjectId: string, n: number): Answer<boolean | Exclude<Lookup, { kind: 'found' }>>;
  search?(call: Outgoing, since: number, n: number): Answer<Search>;
}

interface Heard {
  what: 'submit' | 'check' | 'collect' | 'lookup' | 'search' | 'renew';
  /** Operation, and whom it is about. */
  about: string;
  at: number;
}

export interface FakeProvider extends Provider {
  readonly heard: readonly Heard[];
  count(what: Heard['what'], about?: string): number;
}

const BODY = '{"id":"ada"}\n';

export function file(body = BODY): Collection {
  return {
    kind: 'file',
    download: {
      expiresAt: null,
      open: async () => ({
        kind: 'body',
        bytes: Buffer.byteLength(body),
        body: (async function* () {
          yield Buffer.from(body);
        })(),
      }),
    },
  };
}

/** A finished task whose link does not open. */
export function closedLink(): Collection {
  const error = { ...fault('link_refused'), httpStatus: 403 };
  return {
    kind: 'file',
    download: { expiresAt: null, open: async () => ({ kind: 'link_refused', error }) },
  };
}

export function fakeProvider(
  name: ProviderName,
  clock: Clock,
  script: Script,
  account = name === 'stream' ? STREAM : SENDBIRD,
): FakeProvider {
  const heard: Heard[] = [];
  const hear = (what: Heard['what'], about: string): number => {
    heard.push({ what, about, at: clock.now() });
    return heard.filter((each) => each.what === what).length;
  };
  return {
    name,
    account,
    heard,
    count: (what, about) =>
      heard.filter((each) => each.what === what && (about ?? each.about) === each.about).length,
    unlock: async () => null,
    admit: () => script.admit?.() ?? null,
    async submit(call, signal) {
      const about = `${call.operation} ${call.subjectIds.join()}`;
      const n = hear('submit', about);
      const well: Submission = { kind: 'accepted', taskId: `${about} ${n}`, status: 'waiting' };
      return (await script.submit?.(call, n, signal)) ?? well;
    },
    async check(calls, signal) {
      const reports = new Map<string, TaskReport>();
      for (const call of calls) {
        const n = hear('check', `${call.operation} ${call.subjectIds.join()}`);
        const well: TaskReport = { kind: 'done', status: 'completed' };
        reports.set(call.id, (await script.check?.(call, n, signal)) ?? well);
      }
      return reports;
    },
    async collect(call, signal) {
      const n = hear('collect', `${call.operation} ${call.subjectIds.join()}`);
      return (await script.collect?.(call, n, signal)) ?? file();
    },
    async lookup(ids) {
      const [id = ''] = ids;
      const n = hear('lookup', id);
      const answer = (await script.lookup?.(id, n)) ?? true;
      if (typeof answer !== 'boolean') return answer;
      return { kind: 'found', presence: new Map([[id, { visible: answer }]]) };
    },
    async search(call, since) {
      const n = hear('search', `${call.operation} ${call.subjectIds.join()}`);
      return (await script.search?.(call, since, n)) ?? { kind: 'listed', tasks: [] };
    },
    renewCredentials: () => void hear('renew', ''),
  };
}

/** Time moves when everything sleeps; the ledger's writes cost none of it. */
export function quietClock(): FakeClock {
  return { ...fakeClock(), turn: () => Promise.resolve() };
}

const ME: ProcessIdentity = { host: 'desk', boot: 'boot-1', pid: 1, started: '1' };
export const holder = (token: string): Holder => ({ token, process: ME });

export interface StageOptions {
  users?: readonly string[];
  stream?: Script;
  sendbird?: Script;
  /** Only these providers are asked for; default both. */
  only?: ProviderName;
  /** The accounts that are configured now, where they are not the requests'. */
  accounts?: Partial<Record<ProviderName, string>>;
  random?: () => number;
  pollInterval?: number;
  /** Stands between the run and the ledger. */
  wrap?: (ledger: Ledger, clock: FakeClock) => Ledger;
  isAlive?: () => boolean;
}

export interface Stage {
  folder: string;
  outDir: string;
  ledger: Ledger;
  clock: FakeClock;
  stream: FakeProvider;
  sendbird: FakeProvider;
  health: Health;
  ids: readonly string[];
  told: readonly Step[];
  ended: readonly string[];
  stop: AbortController;
  work: Work;
  go(until?: Until): Promise<void>;
  request(index?: number): Promise<Request>;
  step(operation: string, index?: number): Promise<Step>;
}

/** Recorded exports of some users, two scripted providers and a run over them on a real ledger. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const { users = ['ada'], pollInterval = 2_000, random = () => 0.5, accounts = {} } = options;
  const folder = mkdtempSync(join(tmpdir(), 'gdpr-runner-'));
  const clock = quietClock();
  const isAlive = options.isAlive ?? (() => true);
  const ledger = await openLedger(join(folder, 'state'), { clock, isAlive, process: ME });
  onTestFinished(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  });
  const stream = fakeProvider('stream', clock, options.stream ?? {}, accounts.stream);
  const sendbird = fakeProvider('sendbird', clock, options.sendbird ?? {}, accounts.sendbird);
  const outDir = join(folder, 'out');
  let counted = 0;
  const newId = (): string => String((counted += 1)).padStart(6, '0');
  const { requests } = planExport(
    users.map((id) => ({ userId: id, streamId: id, sendbirdId: id })),
    [
      {
        provider: 'stream' as const,
        account: STREAM,
        operations: ['export_feeds', 'export_users'] as const,
      },
      { provider: 'sendbird' as const, account: SENDBIRD, operations: ['access'] as const },
    ].filter(({ provider }) => (options.only ?? provider) === provider),
    {
      reference: null,
      profile: 'test',
      operator: 'jane',
      receivedOn: '2026-11-20',
      dueOn: '2026-12-21',
      outDir,
    },
    newId,
  );
  await ledger.open(requests, () => ({ kind: 'record' }), clock.now());
  const ids = requests.map(({ id }) => id);
  const stop = new AbortController();
  const health = new Health(() => clock.now(), random, pollInterval);
  const told: Step[] = [];
  const ended: string[] = [];
  const work: Work = {
    ledger: options.wrap?.(ledger, clock) ?? ledger,
    providers: new Map([stream, sendbird].map((each) => [each.name, each])),
    clock,
    random,
    newId,
    token: 'me',
    pollInterval,
    health,
    adopting: createQueue(),
    waits: () => undefined,
    stop: stop.signal,
    tell: (step) => void told.push(step),
    stepEnded: async (id) => void ended.push(id),
  };
  const request = async (index = 0): Promise<Request> => {
    const found = await ledger.request(ids[index] ?? '');
    if (found === null) throw new Error(`there is no request ${index}`);
    return found;
  };
  return {
    folder,
    outDir,
    ledger,
    clock,
    stream,
    sendbird,
    health,
    ids,
    told,
    ended,
    stop,
    work,
    go: (until = 'ended') => run(ids, until, holder('me'), work),
    request,
    async step(operation, index = 0) {
      const found = (await request(index)).steps.find((each) => each.operation === operation);
      if (found === undefined) throw new Error(`there is no step ${operation}`);
      return found;
    },
  };
}
