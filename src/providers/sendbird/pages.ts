import { failure } from '../../http/failure.ts';
import { type Schema, readJson } from '../../http/json-answer.ts';
import type { Unreachable } from '../../requests/outcome.ts';
import { type Outcome, unreachable } from './denial.ts';

/** Far beyond any list: 100 entries a page. */
const MOST_PAGES = 2_000;

/** The cursor has run out while the list was read: it starts again, once. */
const TOKEN_EXPIRED = 400109;

/** What was wanted of a list read to its end, or why it could not be; never a part. */
export type Listing<Item> = { kind: 'all'; items: readonly Item[] } | Unreachable;

/**
 * Follows `next` until it is empty and takes from each page what is wanted. A token that comes
 * twice and a list without an end count as answers that do not fit: what was not seen must not
 * pass for not there.
 */
export async function readPages<Page extends { next?: string | null | undefined }, Item>(
  schema: Schema<Page>,
  ask: (token: string | null) => Promise<Outcome>,
  take: (page: Page) => readonly Item[],
): Promise<Listing<Item>> {
  const items: Item[] = [];
  const seen = new Set<string>();
  let token: string | null = null;
  let restarted = false;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const outcome = await ask(token);
    if (outcome.kind === 'denied' && outcome.code === TOKEN_EXPIRED && !restarted) {
      restarted = true;
      token = null;
      seen.clear();
      items.length = 0;
      continue;
    }
    if (outcome.kind !== 'ok') return unreachable(outcome);
    const reading = readJson(outcome.answer.text, schema);
    if (reading.kind === 'not_json') return misfit('it is not JSON');
    if (reading.kind === 'misfit') return misfit(`the field ${reading.field}`);
    items.push(...take(reading.value));
    token = reading.value.next ?? '';
    if (token === '') return { kind: 'all', items };
    if (seen.has(token)) return misfit('the field next leads in a circle');
    seen.add(token);
  }
  return misfit(`it has no end after ${MOST_PAGES} pages`);
}

function misfit(what: string): Unreachable {
  const message = `Sendbird's list does not fit: ${what}`;
  const error = failure('unreadable_answer', message, { httpStatus: 200 });
  return { kind: 'unavailable', error };
}
