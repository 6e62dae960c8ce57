import type { Effect } from '../../requests/plan/effects.ts';
import { createFindings } from '../../requests/plan/findings.ts';
import type { FoundSubject } from '../../requests/plan/preview.ts';
import type { Request } from '../../requests/request.ts';
import { SHOWN } from '../../requests/sample.ts';
import { wrap } from '../text.ts';
import { requestText, whereOfAll } from '../where-text.ts';
import { count } from '../words.ts';
import { effectLines } from './effects.ts';
import { type Calendar, foundLines } from './found-text.ts';

/** What was confirmed too long ago and is not sent, and what a look-up has shown of whom it is about. */
export interface Unsent {
  requests: readonly { request: Request; effects: readonly Effect[] }[];
  /** By request, in the same order; empty where nobody was looked up. */
  found: readonly (readonly FoundSubject[])[];
  /** Why nobody was looked up; null: they were. */
  unseen: string | null;
}

/** What is not sent, before it is asked for anew: whom it is about, and what it does. */
export function unsentText({ requests, found, unseen }: Unsent, calendar: Calendar): string {
  const groups = new Map<string, { effects: readonly Effect[]; of: Request[] }>();
  for (const { request, effects } of requests) {
    const key = JSON.stringify([request.action, effects]);
    const group = groups.get(key) ?? { effects, of: [] };
    group.of.push(request);
    groups.set(key, group);
  }
  const fold = createFindings();
  for (const each of found) fold.add(each);
  const looked = {
    looked: unseen === null,
    findings: fold.findings(),
    owners: new Map(),
    subjects: requests.length,
  };
  const where = whereOfAll(requests.map(({ request }) => request));
  return [
    ...wrap(
      `Not sent yet, and not confirmed within the last 7 days (${count(requests.length, 'request')}), ${where}:`,
    ),
    ...foundLines(looked, calendar),
    ...(unseen === null ? [] : wrap(unseen, 10)),
    ...[...groups.values()].flatMap(({ effects, of }) => [
      '',
      ...named(of),
      ...effectLines(effects),
    ]),
    '',
  ].join('\n');
}

function named(requests: readonly Request[]): string[] {
  const lines = requests.slice(0, SHOWN).flatMap((request) => wrap(requestText(request), 2));
  const more = requests.length - SHOWN;
  return more > 0 ? [...lines, `  and ${count(more, 'request')} more`] : lines;
}
