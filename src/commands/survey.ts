import type { App } from '../app.ts';
import type { Provider } from '../providers/provider.ts';
import type { Digest } from '../requests/digest.ts';
import type { Presence } from '../requests/outcome.ts';
import type { ExportTarget } from '../requests/plan.ts';
import type { Page, Sightings } from '../requests/proposal.ts';
import type { ProviderName } from '../requests/request.ts';
import { type Sample, createSample } from '../requests/sample.ts';
import type { RosterRow } from '../roster/roster.ts';
import { noteOf, sightingsOf } from '../requests/sight-notes.ts';
import { lookUpAll } from './found.ts';
import { type Guard, guard } from './guards.ts';
import { type Carried, type Course, addCarried, conflictOf, inTheWay, judgeOf } from './record.ts';
import { toDo } from './rosters.ts';

/** A course that somebody has to agree to: its pages are planned with what was seen of the rows. */
export interface Venture extends Omit<Course, 'plan'> {
  planPage: (rows: readonly RosterRow[], sightings: Sightings) => Promise<Page>;
  /** Adds the pages up. */
  digest: Digest;
}

/** The same as it is recorded: with what the roster knows by then. */
export function courseOf(venture: Venture): Course {
  const { action, roster, isNew, planPage } = venture;
  const plan: Course['plan'] = async (rows) => (await planPage(rows, sightingsOf(rows))).requests;
  return { action, roster, isNew, plan };
}

/** Whom to look for. */
export interface Search {
  targets: readonly ExportTarget[];
  providers: ReadonlyMap<ProviderName, Provider>;
  /** Ids at Stream that are to own what is left. */
  owners: readonly string[];
  /** The options of `delete_feeds`; null: no feed data is deleted. */
  feeds: Readonly<Record<string, unknown>> | null;
}

/** What a survey has shown, besides what stands on the roster and in the digest. */
export interface Surveyed {
  owners: ReadonlyMap<string, Presence>;
  /** Requests that are open already. */
  carried: Sample<Carried>;
}

/**
 * Looks everybody up, page by page; notes on the roster what was seen, and adds the plan up. Null
 * when a signal came in between. Throws GdprError `guard` for requests that stand in the way, and
 * what the look-ups throw: nothing was sent then.
 */
export async function survey(venture: Venture, search: Search, app: App): Promise<Surveyed | null> {
  const { roster, digest } = venture;
  let owners: ReadonlyMap<string, Presence> | null = null;
  const open = createSample<Carried>();
  for await (const rows of toDo(roster, app)) {
    const subjects = rows.map(({ subject }) => subject);
    const asked = { ...search, owners: owners === null ? search.owners : [] };
    const shown = await lookUpAll({ subjects, ...asked }, app);
    if (shown === null) return null;
    owners ??= shown.owners;
    roster.note(
      rows.map((row) => ({ line: row.line, facts: noteOf(row.subject, shown.sightings) })),
    );
    const page = await venture.planPage(rows, shown.sightings);
    digest.add(page);
    const opened = await (await app.ledger()).weigh(page.requests, judgeOf(venture));
    const refused = conflictOf(venture.action, inTheWay(opened), app);
    if (refused !== null) throw refused;
    addCarried(opened, open);
  }
  return { owners: owners ?? new Map(), carried: open.taken() };
}

/** Adds the plan up without asking anybody; answers with what would stand in the way. */
export async function rehearse(venture: Venture, app: App): Promise<readonly Guard[]> {
  const ledger = await app.ledgerIfAny();
  const guards: Guard[] = [];
  for await (const rows of toDo(venture.roster, app)) {
    if (ledger === null) {
      venture.digest.addUnseen(rows.map(({ subject }) => subject));
      continue;
    }
    const page = await venture.planPage(rows, new Map());
    venture.digest.add(page);
    const opened = await ledger.weigh(page.requests, judgeOf(venture));
    const refused = conflictOf(venture.action, inTheWay(opened), app);
    if (refused !== null) guards.push(guard(refused.message, refused.next, refused.requestIds));
  }
  return guards;
}
