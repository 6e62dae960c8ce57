import { Secret } from '../../secret.ts';
import { holidayCheck } from '../holidays.ts';
import { PROFILE_NAME_RULE } from '../profile.ts';
import { type FileFacts, type FileProfile, describe, fileSchema, issueText } from '../schema.ts';
import type { Draft, DraftFault, DraftField } from '../settings.ts';

/** A profile as it stands in a file. */
export type WrittenProfile = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The profile of a draft as a file says it; `plain` makes the text of a secret in it. */
export function writtenProfile(draft: Draft, plain: (secret: Secret) => string): WrittenProfile {
  const profile: Record<string, Record<string, unknown>> = {};
  for (const [field, value] of Object.entries(draft)) {
    if (value === undefined) continue;
    const [group = '', key = ''] = field.split('.');
    const text = value instanceof Secret ? plain(value) : value;
    profile[group] = { ...profile[group], [key]: text };
  }
  return profile;
}

/** A draft as every command would read it; null while it has faults. */
export function readDraft(name: string, draft: Draft, facts: FileFacts): FileProfile | null {
  return parse(name, draft, facts).data?.profiles?.[name] ?? null;
}

/** Everything that is wrong with a draft, by the same schema that reads files. */
export async function draftFaults(
  name: string,
  draft: Draft,
  facts: FileFacts,
): Promise<readonly DraftFault[]> {
  // What stands below a name that cannot be one would not be looked at.
  const parsed = [parse(name, {}, facts), parse(STAND_IN, draft, facts)];
  const issues = parsed.flatMap(({ error }) => error?.issues ?? []);
  const faults = issues.map((issue) => ({ field: fieldAt(issue.path), message: issueText(issue) }));
  // A record passes over the key `__proto__`.
  if (name === '__proto__') faults.push({ field: 'profile', message: PROFILE_NAME_RULE });
  const inShape = !faults.some(({ field }) => field.startsWith('deadline.'));
  return inShape ? [...faults, ...(await calendarFaults(draft))] : faults;
}

const STAND_IN = 'draft';

function parse(name: string, draft: Draft, facts: FileFacts) {
  const content = { profiles: { [name]: writtenProfile(draft, (secret) => secret.reveal()) } };
  return fileSchema(facts).safeParse(content, { error: describe });
}

/** `profiles.<name>.stream.products.0` is about `stream.products`. */
function fieldAt([, , ...path]: readonly PropertyKey[]): DraftFault['field'] {
  const place = path.slice(0, 2).join('.');
  return isField(place) ? place : 'profile';
}

/** The schema finds a fault in a value or in the name: all values of a draft have two words. */
function isField(place: string): place is DraftField {
  return place.includes('.');
}

/** What the schema does not know: which countries and regions there are. */
async function calendarFaults(draft: Draft): Promise<DraftFault[]> {
  const { 'deadline.country': country, 'deadline.region': region } = draft;
  if (country === undefined) return [];
  const isKnown = (part: string | null): Promise<boolean> =>
    holidayCheck({ country, region: part, timeZone: 'UTC' }).then(
      () => true,
      () => false,
    );
  const message = 'is not in the calendar of public holidays';
  if (!(await isKnown(null))) return [{ field: 'deadline.country', message }];
  if (region === undefined || (await isKnown(region))) return [];
  return [{ field: 'deadline.region', message: `${message} of ${country}` }];
}
