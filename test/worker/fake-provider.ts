import type { Clock } from '../../src/host/host.ts';
import type { Collection, Outgoing, Provider, RunningCall } from '../../src/providers/provider.ts';
import type { Operation, ProviderName, StepError } from '../../src/requests/request.ts';
import type {
  Lookup,
  Search,
  Sighting,
  Submission,
  TaskReport,
} from '../../src/requests/transitions/answers.ts';
import { zipOf } from '../files/zips.ts';
import { SENDBIRD, STREAM, fault } from '../requests/make.ts';

/** Undefined: it goes well. */
type Answer<T> = T | undefined | Promise<T | undefined>;

/** What a provider answers; `n` counts this method's calls from 1. What is left out goes well. */
export interface Script {
  /** Whether the secret can be had; `n` counts from 1. */
  unlock?(n: number): StepError | null;
  admit?(operation: Operation): number | null;
  /** Default: as `admit`, which then must not count. */
  turnAt?(operation: Operation): number | null;
  submit?(call: Outgoing, n: number, signal: AbortSignal): Answer<Submission>;
  check?(call: RunningCall, n: number, signal: AbortSignal): Answer<TaskReport>;
  collect?(call: RunningCall, n: number, signal: AbortSignal): Answer<Collection>;
  lookup?(subjectId: string, n: number): Answer<boolean | Exclude<Lookup, { kind: 'found' }>>;
  search?(call: Outgoing, since: number, n: number): Answer<Search>;
  /** Default: everybody is gone, or back after a restore. */
  look?(call: Outgoing, n: number): Answer<Sighting>;
}

interface Heard {
  what: 'submit' | 'check' | 'collect' | 'lookup' | 'search' | 'look' | 'renew';
  /** Operation, and whom it is about. */
  about: string;
  at: number;
}

export interface FakeProvider extends Provider {
  readonly heard: readonly Heard[];
  count(what: Heard['what'], about?: string): number;
}

const NOBODY = { name: null, createdAt: null, lastSeenAt: null, deactivated: false };

const LINES = '{"type":"user","id":"ada"}\n';
export const ZIP: Buffer = await zipOf({ 'ada.json': '{"user_id":"ada"}' });

export function file(body: string | Buffer): Collection {
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
  let unlocked = 0;
  const hear = (what: Heard['what'], about: string): number => {
    heard.push({ what, about, at: clock.now() });
    return heard.filter((each) => each.what === what).length;
  };
  return {
    name,
    account,
    checksMany: name === 'sendbird',
    heard,
    count: (what, about) =>
      heard.filter((each) => each.what === what && (about ?? each.about) === each.about).length,
    unlock: async () => script.unlock?.((unlocked += 1)) ?? null,
    admit: (operation) => script.admit?.(operation) ?? null,
    turnAt: (operation) =>
      script.turnAt === undefined ? (script.admit?.(operation) ?? null) : script.turnAt(operation),
    limitOf: () => null,
    calls: 0,
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
        const well: TaskReport = { kind: 'done', status: 'completed', results: null };
        reports.set(call.id, (await script.check?.(call, n, signal)) ?? well);
      }
      return reports;
    },
    async collect(call, signal) {
      const n = hear('collect', `${call.operation} ${call.subjectIds.join()}`);
      return (await script.collect?.(call, n, signal)) ?? file(name === 'sendbird' ? ZIP : LINES);
    },
    async lookup(ids) {
      const [id = ''] = ids;
      const n = hear('lookup', id);
      const answer = (await script.lookup?.(id, n)) ?? true;
      if (typeof answer !== 'boolean') return answer;
      return { kind: 'found', presence: new Map([[id, { ...NOBODY, visible: answer }]]) };
    },
    async look(call) {
      const n = hear('look', `${call.operation} ${call.subjectIds.join()}`);
      const back = call.operation === 'restore_users' ? call.subjectIds : [];
      const well: Sighting = { kind: 'looked', visible: new Set(back) };
      return (await script.look?.(call, n)) ?? well;
    },
    withdraw: async () => ({ kind: 'too_late', error: fault('refused') }),
    limits: async () => new Map(),
    async search(call, since) {
      const n = hear('search', `${call.operation} ${call.subjectIds.join()}`);
      return (await script.search?.(call, since, n)) ?? { kind: 'listed', tasks: [] };
    },
    renewCredentials: () => void hear('renew', ''),
  };
}
