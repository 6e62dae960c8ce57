import { type FaultSpec, parseFault } from './faults/table.ts';
import type { VendorName } from './operations.ts';
import { idsAtBoth } from './population/people.ts';
import type { ServerContext } from './server/visit.ts';

/** What the sandbox knows about a user, for assertions. */
interface UserState {
  provider: VendorName;
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

const GATES = ['hold', 'hold-answer', 'hold-file'];

/** The hand of a test inside the sandbox. Time is not here: it comes from the clock. */
export type Control = ReturnType<typeof createControl>;

export function createControl({ faults, gates, vendors, log, population, options }: ServerContext) {
  const settle = () => {
    for (const vendor of Object.values(vendors)) vendor.settle(options.clock.now());
  };
  const stateOf = (provider: VendorName, id: string): UserState => {
    const person = provider === 'stream' ? population.byStreamId(id) : population.bySendbirdId(id);
    const vendor = vendors[provider];
    return {
      provider,
      id,
      known: person !== null,
      visible: vendor.visible(id),
      account: { ...vendor.accounts.get(id) },
    };
  };

  return {
    faults: () => faults.list(),

    /** Replaces all faults, counts included. Text is read by `parseFault`. */
    setFaults: (next: readonly (FaultSpec | string)[]) => faults.replace(next.map(read)),

    addFault: (fault: FaultSpec | string) => faults.add(read(fault)),

    /** Calls that wait at a gate now. */
    held: () => gates.held(),

    /** Resolves once `count` calls (of an operation or provider; default any) wait at gates. */
    waitForHeld: (scope: string | null = null, count = 1) => gates.arrived(scope, count),

    /** Opens gates: lets go what waits and holds nobody there again. Returns how many went. */
    open(scope: string | null = null): number {
      faults.remove(GATES, scope);
      return gates.release(scope);
    },

    /** Lets go what waits now; later calls are held again. */
    release: (scope: string | null = null) => gates.release(scope),

    user(provider: VendorName, id: string): UserState {
      settle();
      return stateOf(provider, id);
    },

    /** Everyone whom a call or a test ever changed, so that bystanders show. */
    changed(provider: VendorName): UserState[] {
      settle();
      return vendors[provider].accounts.ids().map((id) => stateOf(provider, id));
    },

    /**
     * The first `count` ids that exist at both providers alike: `ada`, `prolific`, `quiet`, then
     * `user-000001` and so on; fewer when there are no more.
     */
    idsAtBoth: (count: number) => idsAtBoth(population, count),

    /** Deactivates or reactivates a user without a call. */
    setActive: (provider: VendorName, id: string, active: boolean) =>
      vendors[provider].setActive(id, active),

    tasks() {
      settle();
      return [...vendors.stream.tasks(), ...vendors.sendbird.tasks()];
    },

    /** Logged calls per operation since the start. */
    counts: () => log.counts(),
  };
}

function read(fault: FaultSpec | string): FaultSpec {
  return typeof fault === 'string' ? parseFault(fault) : fault;
}
