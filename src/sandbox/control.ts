import type { FaultState } from './faults/book.ts';
import { type FaultSpec, parseFault } from './faults/parse.ts';
import type { HeldCall } from './gates.ts';
import { idsAtBoth } from './population/people.ts';
import type { Provider } from './provider.ts';
import type { ServerContext } from './server/context.ts';
import type { TaskSummary } from './vendor.ts';

/** What the sandbox knows about a user, for assertions. */
interface UserState {
  provider: Provider;
  id: string;
  /** Was in the population at all. */
  known: boolean;
  /** Look-ups show the user now. */
  visible: boolean;
  /**
   * What deletions and deactivation did. Stream: `user` (null or `{mode, at}`), `hidden`,
   * `deactivatedAt`, `messages`, `messagesMarked`, `conversations`, `calls` (null or the mode),
   * `files` (boolean), `feeds` (null or the mode), `feedsDeletedAt`. Sendbird: `deleted` (null or
   * `{channels}`, the option used), `active`.
   */
  account: Record<string, unknown>;
}

/** The hand of a test inside the sandbox. Time is not here: it comes from the clock. */
export interface Control {
  faults(): readonly FaultState[];
  /** Replaces all faults, counts included. Text is read by `parseFault`. */
  setFaults(faults: readonly (FaultSpec | string)[]): void;
  addFault(fault: FaultSpec | string): void;
  /** Calls that wait at a gate now. */
  held(): HeldCall[];
  /** Resolves once `count` calls (of an operation or provider; default any) wait at gates. */
  waitForHeld(scope?: string | null, count?: number): Promise<HeldCall[]>;
  /** Opens gates: lets go what waits and holds nobody there again. Returns how many went. */
  open(scope?: string | null): number;
  /** Lets go what waits now; later calls are held again. */
  release(scope?: string | null): number;
  user(provider: Provider, id: string): UserState;
  /** Everyone whom a call or a test ever changed, so that bystanders show. */
  changed(provider: Provider): UserState[];
  /**
   * The first `count` ids that exist at both providers alike: `ada`, `prolific`, `quiet`, then
   * `user-000001` and so on; fewer when there are no more.
   */
  idsAtBoth(count: number): string[];
  /** Deactivates or reactivates a user without a call. */
  setActive(provider: Provider, id: string, active: boolean): void;
  tasks(): TaskSummary[];
  /** Logged calls per operation since the start. */
  counts(): Record<string, number>;
}

const GATES = ['hold', 'hold-answer', 'hold-file'];

export function createControl(context: ServerContext): Control {
  const { faults, gates, vendors, log, world } = context;
  const settle = () => {
    const now = world.options.clock.now();
    vendors.stream.settle(now);
    vendors.sendbird.settle(now);
  };
  const stateOf = (provider: Provider, id: string): UserState => {
    const { population } = world;
    const person = provider === 'stream' ? population.byStreamId(id) : population.bySendbirdId(id);
    const vendor = vendors[provider];
    return {
      provider,
      id,
      known: person !== null,
      visible: vendor.visible(id),
      account: { ...vendor.users.accounts.get(id) },
    };
  };

  return {
    faults: () => faults.list(),
    setFaults: (next) => faults.replace(next.map(read)),
    addFault: (fault) => faults.add(read(fault)),
    held: () => gates.held(),
    waitForHeld: (scope = null, count = 1) => gates.arrived(scope, count),
    open(scope = null) {
      faults.remove(GATES, scope);
      return gates.release(scope);
    },
    release: (scope = null) => gates.release(scope),
    user(provider, id) {
      settle();
      return stateOf(provider, id);
    },
    changed(provider) {
      settle();
      return vendors[provider].users.accounts.ids().map((id) => stateOf(provider, id));
    },
    idsAtBoth: (count) => idsAtBoth(world.population, count),
    setActive: (provider, id, active) => vendors[provider].setActive(id, active),
    tasks() {
      settle();
      return [...vendors.stream.tasks(), ...vendors.sendbird.tasks()];
    },
    counts: () => log.counts(),
  };
}

function read(fault: FaultSpec | string): FaultSpec {
  return typeof fault === 'string' ? parseFault(fault) : fault;
}
