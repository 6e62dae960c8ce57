import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ProcessIdentity } from '../../src/host/host.ts';
import type { Holder, Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/sqlite.ts';
import type { PlannedRequest, ProviderName, Request, Step } from '../../src/requests/request.ts';
import { CircuitBreaker } from '../../src/worker/circuit-breaker.ts';
import type { WorkerDeps } from '../../src/worker/context.ts';
import { createReceipts } from '../../src/worker/jobs/seal.ts';
import type { RequestSource } from '../../src/worker/prefetch.ts';
import { type Until, runWorker } from '../../src/worker/worker.ts';
import { SENDBIRD, STREAM } from '../requests/make.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';
import { type FakeProvider, type Script, fakeProvider } from './fake-provider.ts';

/** Time moves when everything sleeps; the ledger's writes cost none of it. */
export function quietClock(): VirtualClock {
  return { ...virtualClock(), turn: () => Promise.resolve() };
}

const ME: ProcessIdentity = { host: 'desk', boot: 'boot-1', pid: 1, started: '1' };
export const holder = (token: string): Holder => ({ token, process: ME });

export interface StageOptions {
  users?: readonly string[];
  stream?: Script;
  sendbird?: Script;
  /** What is recorded, in place of exports of the users; `newId` as everywhere. */
  plan?: (users: readonly string[]) => readonly PlannedRequest[];
  /** Only these providers are asked for; default both. */
  only?: ProviderName;
  /** The accounts that are configured now, where they are not the requests'. */
  accounts?: Partial<Record<ProviderName, string>>;
  random?: () => number;
  pollInterval?: number;
  /** Stands between the run and the ledger. */
  wrap?: (ledger: Ledger, clock: VirtualClock) => Ledger;
  isAlive?: () => boolean;
  /** The most tasks at once; default 1,000. */
  outstanding?: number;
}

export interface Stage {
  folder: string;
  outDir: string;
  ledger: Ledger;
  clock: VirtualClock;
  stream: FakeProvider;
  sendbird: FakeProvider;
  breaker: CircuitBreaker;
  ids: readonly string[];
  told: readonly Step[];
  ended: readonly string[];
  stop: AbortController;
  work: WorkerDeps;
  go(until?: Until): Promise<{ limited: number }>;
  request(index?: number): Promise<Request>;
  step(operation: string, index?: number): Promise<Step>;
}

const EXPORTED = [
  { provider: 'stream', account: STREAM, operation: 'export_feeds' },
  { provider: 'stream', account: STREAM, operation: 'export_users' },
  { provider: 'sendbird', account: SENDBIRD, operation: 'access' },
] as const;

/** Requests to export what both providers, or `only` one, hold about these users. */
function exporting(
  users: readonly string[],
  only: ProviderName | undefined,
  outDir: string,
  newId: () => string,
): readonly PlannedRequest[] {
  return users.map((user) => {
    const id = `req_${newId()}`;
    return {
      id,
      action: 'export',
      mode: null,
      subject: { userId: user, streamId: user, sendbirdId: user },
      reference: null,
      profile: 'test',
      operator: 'jane',
      receivedOn: '2026-11-20',
      dueOn: '2026-12-21',
      outDir,
      steps: EXPORTED.filter(({ provider }) => (only ?? provider) === provider).map((step) => ({
        id: `${id}/${step.operation}`,
        ...step,
        subjectId: user,
        options: {},
      })),
    };
  });
}

/** A source of these ids, as many at once as are asked for. */
export function sourceOf(ids: readonly string[]): RequestSource {
  let from = 0;
  return {
    next: async (limit) => {
      const page = ids.slice(from, from + limit);
      from += page.length;
      return page;
    },
    all: () => [ids],
  };
}

function providersOf(
  { accounts = {}, stream = {}, sendbird = {} }: StageOptions,
  clock: VirtualClock,
): Record<ProviderName, FakeProvider> {
  return {
    stream: fakeProvider('stream', clock, stream, accounts.stream),
    sendbird: fakeProvider('sendbird', clock, sendbird, accounts.sendbird),
  };
}

/** Recorded exports of some users, two scripted providers and a run over them on a real ledger. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const { users = ['ada'], pollInterval = 2_000, random = () => 0.5 } = options;
  const { isAlive = () => true } = options;
  const folder = mkdtempSync(join(tmpdir(), 'gdpr-runner-'));
  const clock = quietClock();
  const ledger = await openLedger(join(folder, 'state'), { clock, isAlive, process: ME });
  onTestFinished(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  });
  const { stream, sendbird } = providersOf(options, clock);
  const outDir = join(folder, 'out');
  let counted = 0;
  const newId = (): string => String((counted += 1)).padStart(6, '0');
  const requests = options.plan?.(users) ?? exporting(users, options.only, outDir, newId);
  const confirmation = { operator: 'jane', how: 'flag' as const };
  await ledger.open(requests, () => ({ kind: 'record' }), clock.now(), confirmation);
  const ids = requests.map(({ id }) => id);
  const stop = new AbortController();
  const breaker = new CircuitBreaker(() => clock.now(), random, pollInterval);
  const told: Step[] = [];
  const ended: string[] = [];
  const work: WorkerDeps = {
    ledger: options.wrap?.(ledger, clock) ?? ledger,
    providers: new Map([stream, sendbird].map((each) => [each.name, each])),
    clock,
    random,
    newId,
    token: 'me',
    pollInterval,
    breaker,
    waits: () => undefined,
    stop: stop.signal,
    tell: (step) => void told.push(step),
    ended: async (of) => void ended.push(...of.map(({ id }) => id)),
    receipts: createReceipts(ledger),
    receiptText: ({ request_id: id }) => `receipt of ${id}`,
    protection: () => null,
    outstanding: options.outstanding ?? 1_000,
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
    breaker,
    ids,
    told,
    ended,
    stop,
    work,
    go: (until = 'ended') => runWorker(sourceOf(ids), until, holder('me'), work),
    request,
    async step(operation, index = 0) {
      const found = (await request(index)).steps.find((each) => each.operation === operation);
      if (found === undefined) throw new Error(`there is no step ${operation}`);
      return found;
    },
  };
}
