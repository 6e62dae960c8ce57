import type { App } from '../app.ts';
import type { ResultsPlace } from '../files/results-place.ts';
import type { Roster } from '../roster/roster.ts';
import type { Ahead } from './record.ts';
import { PAGE, leftToDo } from './rosters.ts';
import { commandLine } from './talk.ts';

/** Requests of which a page is carried on; those that were there before are checked first. */
interface OpenPage {
  recorded: readonly string[];
  before: readonly string[];
}

/** Which requests a run works on, and how it tells of them. */
export interface Docket {
  /** The requests to carry on. */
  open(): Iterable<OpenPage>;
  /** The requests that are told of at the end, in this order. */
  all(): Iterable<readonly string[]>;
  /** Where they come from, row by row; null: from the ledger. */
  roster: Roster | null;
  /** Where the results go; null: nowhere. */
  results: ResultsPlace | null;
  /** Told of as a whole, and not by a receipt for each. */
  isBatch: boolean;
  ahead: Ahead;
  /** The folder of the bundles; null: there are none. */
  outDir: string | null;
  /** The command that was run, where running it again goes on; null: it would not. */
  again: string | null;
}

/** So many receipts can be read one by one. */
const RECEIPTS = 20;

/** Whether so many people are told of as a whole. */
export function isMany(people: number): boolean {
  return people > RECEIPTS;
}

/** The requests of a roster's rows. */
function rowsOf(roster: Roster): Pick<Docket, 'open' | 'all' | 'roster'> {
  return {
    roster,
    *open() {
      for (const rows of leftToDo(roster)) {
        const ids = (fate: 'recorded' | 'carried'): string[] =>
          rows.flatMap((row) => (row.fate === fate ? (row.requestId ?? []) : []));
        yield { recorded: ids('recorded'), before: ids('carried') };
      }
    },
    all: () => roster.ids(PAGE),
  };
}

/** What can be read once: standard input, and what a shell puts in place of a file. */
const NOT_AGAIN = /^(?:-$|\/dev\/|\/proc\/)/;

/** The docket of a run about a roster. */
export function docketOf(
  { roster, ...given }: { roster: Roster } & Pick<Docket, 'results' | 'ahead' | 'outDir'>,
  { csv }: { csv: string | null },
  app: App,
): Docket {
  return {
    ...given,
    ...rowsOf(roster),
    isBatch: csv !== null || isMany(roster.size),
    again: csv === null || NOT_AGAIN.test(csv) ? null : commandLine(app),
  };
}
