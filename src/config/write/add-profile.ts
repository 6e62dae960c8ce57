import { extname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  Document,
  type Node,
  type Pair,
  type YAMLMap,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  visit,
} from 'yaml';
import { parseConfig } from '../config-file.ts';
import type { WrittenProfile } from './draft.ts';

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
  const said: unknown = JSON.parse(JSON.stringify(wanted));
  return 'value' in after && isDeepStrictEqual(after.value, said) ? added : null;
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

/**
 * The text of a YAML file with a profile more, in the lines after those that `profiles` has, and
 * with `profile: <choice>` where there is to be one. Nothing else is touched. Null for a file that is
 * not laid out in lines (`{ … }`).
 */
function insertYaml(text: string, addition: Addition, choice: string | null): string | null {
  if (text.includes('\r\n')) {
    const plain = insertYaml(text.replaceAll('\r\n', '\n'), addition, choice);
    return plain?.replaceAll('\n', '\r\n') ?? null;
  }
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const chosen = choice === null ? '' : yaml({ profile: choice });
  const { contents } = parseDocument(whole);
  if (contents !== null && !isBlock(contents)) return null;
  const pair = contents?.items.find(({ key }) => isScalar(key) && key.value === 'profiles');
  return pair === undefined
    ? `${whole}${chosen}${yaml({ profiles: { [addition.name]: addition.profile } })}`
    : intoProfiles(whole, pair, addition, chosen);
}

/** What begins like a number or a date is put in quotes: readers do not agree on what it is. */
export function yaml(value: unknown): string {
  const document = new Document(value, { schema: 'yaml-1.1' });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && !/^[a-z/]/i.test(node.value)) node.type = QUOTED;
    },
  });
  return document.toString({ lineWidth: 0 });
}

const QUOTED = 'QUOTE_DOUBLE';

/** Lines with this much more in front of them. */
function indented(text: string, indent: string): string {
  return text.replaceAll(/^(?=.)/gm, indent);
}

function intoProfiles(
  text: string,
  { key, value }: Pair,
  { name, profile }: Addition,
  chosen: string,
): string | null {
  if (!isNode(key) || !isBlock(value)) return null;
  const first = value.items[0]?.key;
  if (!isNode(first)) return null;
  const start = lineStart(text, startOf(key));
  const indent = text.slice(lineStart(text, startOf(first)), startOf(first));
  const end = lineEnd(text, contentEnd(value));
  const lines = indented(yaml({ [name]: profile }), indent);
  return `${text.slice(0, start)}${chosen}${text.slice(start, end)}${lines}${text.slice(end)}`;
}

function isBlock(node: unknown): node is YAMLMap {
  return isMap(node) && node.flow !== true;
}

/** Where the last thing of a block ends; its own range takes in the comments below it. */
function contentEnd(node: Node): number {
  const last = lastIn(node);
  return last === null ? (node.range?.[1] ?? 0) : contentEnd(last);
}

function lastIn(node: Node): Node | null {
  if (isBlock(node)) {
    const pair = node.items.at(-1);
    return [pair?.value, pair?.key].find(isPlaced) ?? null;
  }
  if (!isSeq(node) || node.flow === true) return null;
  return [node.items.at(-1)].find(isPlaced) ?? null;
}

/** An empty value has no place of its own that counts. */
function isPlaced(node: unknown): node is Node {
  return isNode(node) && node.range?.[0] !== node.range?.[1];
}

function startOf({ range }: Node): number {
  return range?.[0] ?? 0;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The start of the next line; a block of text ends with its own. */
function lineEnd(text: string, offset: number): number {
  return text[offset - 1] === '\n' ? offset : text.indexOf('\n', offset) + 1;
}
