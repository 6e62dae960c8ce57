import { type Schema, readJson } from '../../http/json-answer.ts';
import type { FoundTask, Search, Unreachable } from '../../requests/transitions/answers.ts';
import { type Outcome, asUnreachable, misfitOf, unreadableAnswer } from '../denial.ts';
import type { SendbirdDeps } from './client.ts';
import { type Registration, isLike } from './registration.ts';
import { RequestPage } from './schemas.ts';

/**
 * Every request of the list that is like this registration and was created at or after `since`
 * (ms), oldest first. The list has no filter, and its order is unconfirmed ([U]),
 * so it is read to its end.
 */
export async function searchRequests(
  wanted: Registration,
  since: number,
  { client, redactor }: SendbirdDeps,
  signal: AbortSignal,
): Promise<Search> {
  const listing = await readPages(
    RequestPage,
    (token) => client.listGdprRequests(token, signal),
    ({ requests }) =>
      requests
        .filter((request) => request.created_at >= since && isLike(request, wanted))
        .map(({ request_id: taskId, created_at: createdAt, status }): FoundTask => ({
          taskId,
          createdAt,
          status: redactor.clean(status),
        })),
  );
  if (listing.kind !== 'all') return listing;
  const tasks = new Map(listing.items.map((task) => [task.taskId, task]));
  return {
    kind: 'listed',
    tasks: [...tasks.values()].toSorted((a, b) => a.createdAt - b.createdAt),
  };
}

/** Far beyond any list: 100 entries a page. */
const MOST_PAGES = 2_000;

/** The cursor has run out while the list was read: it starts again, once. */
const TOKEN_EXPIRED = 400109;

/** What was wanted of a list read to its end, or why it could not be; never a part. */
export type Listing<Item> = { kind: 'all'; items: readonly Item[] } | Unreachable;

/** A step through a list. `again`: it begins anew; `Unreachable`: it cannot be read on. */
export type Turn<Page> = { kind: 'page'; page: Page } | { kind: 'again' } | Unreachable;

/** A page of any list. */
interface AnyPage {
  next?: string | null | undefined;
}

/** Asks for one page; `token` null: the first. */
export type AskPage = (token: string | null) => Promise<Outcome>;

/** Reads a list to its end and takes from each page what is wanted. */
export async function readPages<Page extends AnyPage, Item>(
  schema: Schema<Page>,
  ask: AskPage,
  take: (page: Page) => readonly Item[],
): Promise<Listing<Item>> {
  const items: Item[] = [];
  for await (const turn of turnPages(schema, ask)) {
    if (turn.kind === 'page') items.push(...take(turn.page));
    else if (turn.kind === 'again') items.length = 0;
    else return turn;
  }
  return { kind: 'all', items };
}

/**
 * Follows `next` until it is empty, one call a page, as long as its reader goes on. A token that
 * comes twice and a list without an end count as answers that do not fit: what was not seen must
 * not pass for not there.
 */
export async function* turnPages<Page extends AnyPage>(
  schema: Schema<Page>,
  ask: AskPage,
): AsyncGenerator<Turn<Page>, void, undefined> {
  const seen = new Set<string>();
  let token: string | null = null;
  let restarted = false;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const outcome = await ask(token);
    if (outcome.kind === 'denied' && outcome.code === TOKEN_EXPIRED && !restarted) {
      restarted = true;
      token = null;
      seen.clear();
      yield { kind: 'again' };
      continue;
    }
    const turn = turnOf(outcome, schema);
    yield turn;
    if (turn.kind !== 'page') return;
    token = turn.page.next ?? '';
    if (token === '') return;
    if (seen.has(token)) {
      yield misfit('the field next leads in a circle');
      return;
    }
    seen.add(token);
  }
  yield misfit(`it has no end after ${MOST_PAGES} pages`);
}

function turnOf<Page>(
  outcome: Outcome,
  schema: Schema<Page>,
): Exclude<Turn<Page>, { kind: 'again' }> {
  if (outcome.kind !== 'ok') return asUnreachable(outcome);
  const reading = readJson(outcome.answer.text, schema);
  if (reading.kind !== 'fits') return misfit(misfitOf(reading));
  return { kind: 'page', page: reading.value };
}

function misfit(what: string): Unreachable {
  return { kind: 'unavailable', error: unreadableAnswer(`Sendbird's list does not fit: ${what}`) };
}
