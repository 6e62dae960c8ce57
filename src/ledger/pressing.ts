import { REQUEST_STATES, type Request } from '../requests/request.ts';
import { isSettled } from '../requests/state.ts';
import { snapshot } from './connection.ts';
import { inspect } from './inspect.ts';
import { listRequests } from './list.ts';
import { tally } from './tally.ts';

const UNSETTLED = REQUEST_STATES.filter((state) => !isSettled(state));

/** What presses in a ledger. */
export interface Pressing {
  /** Unsettled requests that were due before today, and those due from today to the given day. */
  overdue: number;
  soon: number;
  /** The one of them that is due first. */
  first: Request | null;
}

/**
 * Counts what is overdue and what is due until `soon`; days are `YYYY-MM-DD`. Changes nothing, as
 * `inspect`. Null: there is no ledger; `older`: one that its next use brings up to date first.
 * Throws GdprError `ledger` or `storage`.
 */
export async function pressing(
  folder: string,
  today: string,
  soon: string,
): Promise<Pressing | 'older' | null> {
  return inspect(folder, async ({ on, current }) => {
    if (!current) return 'older';
    return snapshot(on, () => {
      const filter = { states: UNSETTLED, dueBy: soon };
      const { states, overdue } = tally(on, filter, today);
      const all = Object.values(states).reduce((sum, each) => sum + each, 0);
      const [first = null] = listRequests(on, { ...filter, order: 'urgent', limit: 1 });
      return { overdue, soon: all - overdue, first };
    });
  });
}
