import { extname } from 'node:path';
import { parseConfig } from '../config-file.ts';
import type { WrittenProfile } from './draft.ts';
import { indented, insertYaml, yaml } from './insert-yaml.ts';

/** A profile and its name, as a file is to have them. */
export interface Addition {
  name: string;
  profile: WrittenProfile;
}

/**
 * The text of a new configuration file that has one profile; `schema` is where an editor finds the
 * JSON schema.
 */
export function newFile(path: string, { name, profile }: Addition, schema: string): string {
  const content = { profile: name, profiles: { [name]: profile } };
  return extname(path) === '.json'
    ? `${JSON.stringify({ $schema: schema, ...content }, null, 2)}\n`
    : `# yaml-language-server: $schema=${schema}\n${yaml(content)}`;
}

/**
 * The text of a file with a profile more and everything else as it was, comments and layout
 * included (JSON has no comments and is laid out anew). The profile that was used unnamed because it
 * was the only one stays the one. Null where that cannot be done: the file's own reader has the last
 * word.
 */
export function withProfile(path: string, text: string, addition: Addition): string | null {
  const before = parseConfig(path, text);
  if ('fault' in before) return null;
  const content: Content = Object(before.value);
  const choice = choiceFor(content, addition.name);
  const wanted = {
    ...content,
    ...(choice === null ? {} : { profile: choice }),
    profiles: { ...content.profiles, [addition.name]: addition.profile },
  };
  const added = isJson(text)
    ? `${JSON.stringify(wanted, null, indentOf(text))}\n`
    : insertYaml(text, addition, choice);
  if (added === null) return null;
  const after = parseConfig(path, added);
  const same = 'value' in after && sorted(after.value) === sorted(wanted);
  return same ? added : null;
}

/** The lines that somebody can put below `profiles:` by hand. */
export function profileLines({ name, profile }: Addition): string {
  return indented(yaml({ [name]: profile }), '  ').trimEnd();
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return false;
    throw thrown;
  }
}

interface Content {
  profile?: string;
  profiles?: Readonly<Record<string, unknown>>;
}

/** The profile that the file is to name now, so that what is used unnamed stays the same. */
function choiceFor({ profile, profiles = {} }: Content, added: string): string | null {
  const [only, ...others] = Object.keys(profiles);
  return profile !== undefined || others.length > 0 ? null : (only ?? added);
}

function indentOf(text: string): string {
  return /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
