import type { App } from '../../app.ts';
import type { Settings } from '../../config/settings.ts';
import { GdprError } from '../../errors.ts';
import { subjectName } from '../../report/receipt/receipt-text.ts';
import { figure } from '../../report/words.ts';
import { quoteId } from '../../requests/ids.ts';
import type { Subject } from '../../requests/request.ts';
import { createSample } from '../../requests/sample.ts';
import type { Refusal } from '../../requests/stream-options.ts';

/** A refusal of docs/spec.md 3, and the requests that it names. */
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

/**
 * What a dry run reports where it is not certain which account is meant; any other run throws it,
 * GdprError `config`. `yes` null: it neither deletes nor brings back.
 */
export async function choiceGuards(
  yes: boolean | null,
  isDry: boolean,
  app: App,
): Promise<Guard[]> {
  const doubts = await app.doubts(yes);
  const [first] = doubts;
  if (first !== undefined && !isDry) throw first;
  return doubts.map(({ message, next }) => guard(message, next));
}

/** A yes is needed, `--yes` does not give it, and nobody can be asked. */
export function askingGuard(yes: boolean, app: App, csv: string | null = null): Guard[] {
  const why = yes ? null : noAsking(app, csv);
  if (why === null) return [];
  const message = `Refused: this needs a yes, and ${why}.`;
  const next = 'Nothing was sent. If the plan is right (see it with --dry-run): add --yes';
  return [guard(message, next)];
}

function noAsking({ host, flags }: App, csv: string | null): string | null {
  if (csv === '-') return 'standard input is the CSV';
  if (!flags.input) return '--no-input forbids asking';
  if (flags.json) return 'with --json nobody is asked';
  return host.stdin.isTTY && host.stderr.isTTY ? null : 'there is no terminal to ask at';
}

/** More subjects than one run may erase; `csv` is the file that has them. */
export function numberGuard(
  number: number,
  { maxSubjects: most, csv }: { maxSubjects: number; csv: string | null },
): Guard[] {
  if (number <= most) return [];
  const what =
    csv === null
      ? `${figure(number)} subjects are named`
      : `${csv === '-' ? 'standard input' : csv} has ${figure(number)} subjects`;
  const message = `Refused: ${what}, and one run may erase ${figure(most)}.`;
  const next = `Nothing was sent. If ${figure(number)} is right: add --max-subjects ${number}`;
  return [guard(message, next)];
}

type Protecting = Pick<Settings, 'erase' | 'profile'>;

/** Somebody whom the profile protects, by any of their ids; no flag lifts it. */
export async function protectedGuard(
  pages: Iterable<readonly Subject[]> | AsyncIterable<readonly Subject[]>,
  settings: Protecting,
): Promise<Guard[]> {
  const patterns = patternsOf(settings);
  if (patterns.length === 0) return [];
  const hits = createSample<string>();
  for await (const page of pages) {
    for (const subject of page) {
      const hit = protectedId(subject, patterns);
      if (hit !== null) hits.add(hit);
    }
  }
  const { first, number } = hits.taken();
  if (number === 0) return [];
  const more = number > first.length ? ` and ${figure(number - first.length)} more` : '';
  const message = `Refused: ${protectedBy(settings)}: ${first.join(', ')}${more}.`;
  const next =
    'Nothing was sent. No flag allows it, --yes included: only a change of the profile does.';
  return [guard(message, next)];
}

/** Says why the profile protects somebody: what is asked right before a deletion leaves. */
export function protection(settings: Protecting): (subject: Subject) => string | null {
  const patterns = patternsOf(settings);
  return (subject) => {
    const hit = protectedId(subject, patterns);
    return hit === null ? null : `${protectedBy(settings)}: ${hit}`;
  };
}

function patternsOf({ erase }: Protecting): readonly RegExp[] {
  return erase.protected.map((source) => new RegExp(source, 'u'));
}

function protectedBy({ profile }: Protecting): string {
  return `protected by erase.protected in the profile ${profile}`;
}

/** Who it is, by which id and which pattern; null: nobody whom the patterns protect. */
function protectedId(
  { userId, streamId, sendbirdId }: Subject,
  patterns: readonly RegExp[],
): string | null {
  const ids = [
    [userId, ''],
    [streamId, ' at Stream'],
    [sendbirdId, ' at Sendbird'],
  ] as const;
  for (const test of patterns) {
    const hit = ids.find(([id]) => id !== null && test.test(id));
    if (hit === undefined) continue;
    const [id, where] = hit;
    const as = id === null || id === userId ? '' : `, which is ${subjectName(id)}${where}`;
    return `${subjectName(userId)}${as} (${quoteId(test.source)})`;
  }
  return null;
}

/** A guard without requests to name. */
export function guard(message: string, next: string, requestIds: readonly string[] = []): Guard {
  return { message, next, requestIds };
}
