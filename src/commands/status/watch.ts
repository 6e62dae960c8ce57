import type { App } from '../../app.ts';
import type { Shown } from '../../report/status/status-json.ts';
import { unsettled } from '../../requests/exit-code.ts';
import { nextCheck } from '../../requests/polling.ts';
import { interrupted } from '../shared/confirm.ts';
import { printMissed } from './print.ts';
import type { View } from './view.ts';

/** How a status looks and shows, for as long as it is watched. */
export interface Watching {
  /** First interval between looks, ms; it grows as that between checks does. */
  pollInterval: number;
  /** `before`: ids that were shown the last time, and are no longer on the page if they changed. */
  look(before: readonly string[]): Promise<{ view: View; gone: readonly Shown[] }>;
  /** Shows it all on a screen that was cleared, or after what was shown before. */
  show(view: View): Promise<void>;
  /** Prints the documents of those that changed. */
  tell(changed: readonly Shown[], view: View): void;
  conclude(view: View): number;
}

/** The cursor goes home, and everything goes that stands there, what was scrolled away included. */
const CLEAR = '\u001b[H\u001b[2J\u001b[3J';

const SAFE = 'Only the watching has ended: nothing was changed or stopped by that.';

/**
 * Shows a status again and again until nothing unsettled is left: drawn anew on a terminal, printed
 * again when something changed elsewhere, and with `--json` a document for each change. Resolves to
 * the exit code.
 */
export async function watch(watching: Watching, app: App): Promise<number> {
  const { host, flags } = app;
  const isScreen = host.stdout.isTTY && host.env['TERM'] !== 'dumb' && !flags.json;
  let heads = new Map<string, string>();
  let last = '';
  for (let looks = 0; !host.stop.aborted; looks += 1) {
    const { view, gone } = await watching.look([...heads.keys()]);
    if (host.stop.aborted) break;
    const all = [...view.page, ...gone];
    const known = heads;
    const changed = all.filter(({ request }) => known.get(request.id) !== request.ledger.head);
    const sameness = JSON.stringify([view.tally, view.page.map(headOf), view.missed]);
    if (flags.json) {
      if (sameness !== last) printMissed(view, app);
      watching.tell(changed, view);
    } else if (isScreen || sameness !== last) {
      if (isScreen) host.stdout.stream.write(CLEAR);
      await watching.show(view);
    }
    last = sameness;
    heads = new Map(view.page.map(headOf));
    if (view.broken !== null || unsettled(view.tally.states) === 0) return watching.conclude(view);
    await host.clock.sleep(pause(looks, watching.pollInterval, app), host.stop);
  }
  return interrupted(SAFE, app);
}

function headOf({ request }: Shown): [id: string, head: string] {
  return [request.id, request.ledger.head];
}

function pause(looks: number, pollInterval: number, { host }: App): number {
  const at = host.clock.now();
  return nextCheck(looks, { at, random: host.random(), pollInterval }) - at;
}
