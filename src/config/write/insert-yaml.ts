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
import type { Addition } from './add-profile.ts';

/**
 * The text of a YAML file with a profile more, in the lines after those that `profiles` has, and
 * with `profile: <choice>` where there is to be one. Nothing else is touched. Null for a file that is
 * not laid out in lines (`{ … }`).
 */
export function insertYaml(text: string, addition: Addition, choice: string | null): string | null {
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
export function indented(text: string, indent: string): string {
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
