import { relative } from 'node:path';
import type { App } from '../app.ts';
import { type Summary, summaryLines } from '../report/summary.ts';
import type { Tally } from '../requests/exit.ts';
import type { Docket } from './docket.ts';

/** What a batch has come to. */
export interface Outcome extends Pick<
  Summary,
  'skipped' | 'onWord' | 'unfinished' | 'lasted' | 'limited' | 'again'
> {
  /** Without those that were skipped. */
  done: Tally;
  docket: Docket;
}

/** Prints the summary of a batch: on stdout, or beside the receipts of `--json` on stderr. */
export async function printSummary(outcome: Outcome, app: App): Promise<void> {
  const { host, flags } = app;
  const { done, docket, skipped, onWord, unfinished, lasted, limited, again } = outcome;
  const { stateDir } = await app.settings();
  const path = (to: string): string => relative(host.cwd, to) || '.';
  const places = [
    ...(docket.results === null ? [] : [{ what: 'Results', path: docket.results.name }]),
    ...(docket.outDir === null ? [] : [{ what: 'Bundles', path: path(docket.outDir) }]),
    { what: 'Ledger', path: stateDir },
  ];
  const calls = app.calls();
  const facts = { tally: done, skipped, onWord, calls, lasted, limited, places, unfinished, again };
  const text = `${summaryLines(facts).join('\n')}\n`;
  if (!flags.json) host.stdout.write(text);
  else if (!flags.quiet) host.stderr.write(text);
}
