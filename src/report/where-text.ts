import { idAt } from '../requests/plan/plan.ts';
import type { Where } from '../requests/plan/preview.ts';
import type { Request, Subject } from '../requests/request.ts';
import type { Sample } from '../requests/sample.ts';
import { subjectName } from './receipt/receipt-text.ts';
import { wrapAll } from './text.ts';
import { PROVIDER, andMore, morePeople } from './words.ts';

const COLUMN = 10;

/**
 * For whom and where (docs/spec.md 3), as the end of a sentence: `in profile production (Stream app
 * abc123, Sendbird app 9DA1; there: ada-sb)`. Ids are those of `only`, where it has another there.
 */
export function whereText({ profile, accounts }: Where, only: Subject | null): string {
  let apps = '';
  let mark = '';
  for (const { provider, account } of accounts) {
    const id = only === null ? null : otherId(only, provider);
    const there = id === null ? '' : `; there: ${subjectName(id)}`;
    apps += `${mark}${PROVIDER[provider]} app ${appOf(account)}${there}`;
    mark = there === '' ? ', ' : '; ';
  }
  return `in profile ${profile}${apps === '' ? '' : ` (${apps})`}`;
}

/** The same of several requests. */
export function whereOfAll(requests: readonly Request[]): string {
  const accounts = requests.flatMap(({ steps }) => steps);
  const profile = [...new Set(requests.map((each) => each.profile))].join(', ');
  return whereText({ profile, accounts: eachOnce(accounts) }, null);
}

/** The accounts of steps, each once. */
export function eachOnce(steps: Where['accounts']): Where['accounts'] {
  return [...new Map(steps.map((step) => [step.account, step])).values()];
}

/** What a request is, with the ids that its subject has at providers where they are others. */
export function requestText({ id, action, subject, steps }: Request): string {
  const ids = otherIds(subject, eachOnce(steps));
  const there = ids === '' ? '' : ` (there: ${ids})`;
  return `${id}  ${action} of ${subjectName(subject.userId)}${there}`;
}

/** Who of several has other ids at providers, a line each. */
export function thereLines(
  { first, number }: Sample<Subject>,
  accounts: Where['accounts'],
): string[] {
  const named = first.map((each) => `${subjectName(each.userId)}: ${otherIds(each, accounts)}`);
  return wrapAll(andMore(named, number, morePeople), COLUMN, 'There');
}

function otherIds(subject: Subject, accounts: Where['accounts']): string {
  return accounts
    .flatMap(({ provider }) => {
      const id = otherId(subject, provider);
      return id === null ? [] : [`${subjectName(id)} at ${PROVIDER[provider]}`];
    })
    .join(', ');
}

function otherId(subject: Subject, provider: keyof typeof PROVIDER): string | null {
  const id = idAt(subject, provider);
  return id === subject.userId ? null : id;
}

/** `stream:<apiKey>@<origin>` without provider and origin; an origin has no `@`. */
function appOf(account: string): string {
  return account.slice(account.indexOf(':') + 1, account.lastIndexOf('@'));
}
