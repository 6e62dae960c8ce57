import type { App } from '../app.ts';
import type { Settings } from '../config/settings.ts';
import { GdprError } from '../errors.ts';
import type { Refusal } from '../requests/erase-options.ts';
import { quoteId } from '../requests/ids.ts';
import type { Subject } from '../requests/request.ts';
import { subjectName } from '../report/receipt-text.ts';

/** A refusal of SPEC section 3, and the requests that it names. */
export interface Guard extends Refusal {
  requestIds: readonly string[];
}

/** Throws GdprError `guard` (exit 6) for the first of the guards. */
export function enforce(guards: readonly Guard[]): void {
  const [first] = guards;
  if (first === undefined) return;
  const { message, next, requestIds } = first;
  throw new GdprError('guard', message, { next, requestIds });
}

/** A yes is needed, `--yes` does not give it, and nobody can be asked. */
export function askingGuard(yes: boolean, app: App): Guard[] {
  const why = yes ? null : noAsking(app);
  if (why === null) return [];
  return [
    guard(
      `Refused: this needs a yes, and ${why}.`,
      'Nothing was sent. If the plan is right (see it with --dry-run): add --yes',
    ),
  ];
}

function noAsking({ host, flags }: App): string | null {
  if (!flags.input) return '--no-input forbids asking';
  if (flags.json) return 'with --json nobody is asked';
  return host.stdin.isTTY && host.stderr.isTTY ? null : 'there is no terminal to ask at';
}

/** More subjects than one run may erase. */
export function numberGuard(subjects: readonly Subject[], most: number): Guard[] {
  if (subjects.length <= most) return [];
  const number = subjects.length.toLocaleString('en-US');
  return [
    guard(
      `Refused: ${number} subjects are named, and one run may erase ${most.toLocaleString('en-US')}.`,
      `Nothing was sent. If ${number} is right: add --max-subjects ${subjects.length}`,
    ),
  ];
}

/** Subjects whom the profile protects, by any of their ids; no flag lifts it. */
export function protectedGuard(
  subjects: readonly Subject[],
  { erase, profile }: Settings,
): Guard[] {
  const hits = subjects.flatMap((subject) => protectedId(subject, erase.protected) ?? []);
  if (hits.length === 0) return [];
  const named = hits.slice(0, SHOWN);
  const more = hits.length > SHOWN ? ` and ${hits.length - SHOWN} more` : '';
  return [
    guard(
      `Refused: protected by erase.protected in the profile ${profile}: ${named.join(', ')}${more}.`,
      'Nothing was sent. No flag allows it, --yes included: only a change of the profile does.',
    ),
  ];
}

const SHOWN = 20;

/** Who it is, by which id and which pattern; null: nobody whom the patterns protect. */
function protectedId(
  { userId, streamId, sendbirdId }: Subject,
  patterns: readonly string[],
): string | null {
  const ids = [
    [userId, ''],
    [streamId, ' at Stream'],
    [sendbirdId, ' at Sendbird'],
  ] as const;
  for (const source of patterns) {
    const test = new RegExp(source, 'u');
    const hit = ids.find(([id]) => id !== null && test.test(id));
    if (hit === undefined) continue;
    const [id, where] = hit;
    const as = id === null || id === userId ? '' : `, which is ${subjectName(id)}${where}`;
    return `${subjectName(userId)}${as} (${quoteId(source)})`;
  }
  return null;
}

/** A guard without requests to name. */
export function guard(message: string, next: string, requestIds: readonly string[] = []): Guard {
  return { message, next, requestIds };
}
