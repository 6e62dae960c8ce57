/** A command of a document, and the lines that stand below it. */
export interface Shown {
  command: string;
  lines: readonly string[];
}

/** A block marked `console`, with the comments before it (`sandbox: --task-time 10m`, `terminal`). */
export interface Block {
  settings: readonly string[];
  shown: readonly Shown[];
}

const BLOCK = /^```console\n([^]*?)^```$/m;
const SETTING = /^<!-- ((?:sandbox|terminal|demo)\b.*?) -->$/gm;

/**
 * A document as text and blocks in turn, beginning and ending with a text. A comment belongs to the
 * next block.
 */
export function parseDocument(text: string): { texts: string[]; blocks: Block[] } {
  const parts = text.split(BLOCK);
  const texts = parts.filter((_, at) => at % 2 === 0);
  const blocks = parts
    .filter((_, at) => at % 2 === 1)
    .map((body, at) => ({
      settings: [...(texts[at] ?? '').matchAll(SETTING)].map(([, setting = '']) => setting),
      shown: commandsOf(body),
    }));
  return { texts, blocks };
}

function commandsOf(body: string): Shown[] {
  return body
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...lines] = part.replace(/\n$/, '').split('\n');
      return { command, lines };
    });
}

/** The document with these commands in the place of its own. */
export function writeDocument(
  texts: readonly string[],
  blocks: readonly (readonly Shown[])[],
): string {
  return texts
    .map((text, at) => {
      const shown = blocks[at];
      if (shown === undefined) return text;
      const lines = shown.flatMap(({ command, lines: below }) => [`$ ${command}`, ...below]);
      return `${text}\`\`\`console\n${lines.join('\n')}\n\`\`\``;
    })
    .join('');
}

/** What differs from run to run, and what stands for it: ids are remembered, times and paces are not. */
const VARYING: readonly [RegExp, string][] = [
  [/(?:req_)?01[0-9A-Z]{24}/, '((?:req_)?01[0-9A-Z]{24})'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, '([0-9a-f-]{36})'],
  [/\d\d:\d\d UTC/, String.raw`\d\d:\d\d UTC`],
  [/\d+(?:\.\d+)? (?:ms|s|min)(?![\w]) */, String.raw`\d[\d.]* (?:ms|s|min) *`],
  [/\d+(?:\.\d+)?\/s/, String.raw`\d[\d.]*/s`],
  [/\d+%/, String.raw`\d+%`],
  [/(?:Stream|Sendbird) \d+(?=,|$)/, String.raw`(?:Stream|Sendbird) \d+`],
];

const ANY_VARYING = new RegExp(VARYING.map(([from]) => `(${from.source})`).join('|'), 'g');
const ID = /(?:req_)?01[0-9A-Z]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * Compares what a document shows with what was printed, and answers with the ids of the one and the
 * other that are the same; null: it shows something else. A line of `…` stands for any lines, a `…` at
 * the end of a line for the rest of it.
 */
export function idsInCommon(
  shown: readonly string[],
  printed: readonly string[],
): Map<string, string> | null {
  const pattern = shown.map((line) => (line === '…' ? '(?:.*\\n)*?' : `${lineSource(line)}\\n`));
  const matched = new RegExp(`^${pattern.join('')}$`).exec(joined(printed));
  if (matched === null) return null;
  const ids = shown.filter((line) => line !== '…').flatMap((line) => line.match(ID) ?? []);
  return new Map(ids.map((id, at) => [id, matched[at + 1] ?? id]));
}

/** The ids of the one text and the other in the order in which they come first. */
export function idsInOrder(
  shown: readonly string[],
  printed: readonly string[],
): Map<string, string> {
  const [ours, theirs] = [shown, printed].map((all) => [...new Set(joined(all).match(ID) ?? [])]);
  return new Map(
    (ours ?? []).flatMap((id, at) => (theirs?.[at] === undefined ? [] : [[id, theirs[at]]])),
  );
}

/**
 * What was printed, in the form of what was shown: lines that are still true stay as they are, and what
 * was left out between two lines that are still there is left out again.
 */
export function refreshed(shown: readonly string[], printed: readonly string[]): string[] {
  const fresh: string[] = [];
  let next = 0;
  for (const [at, line] of shown.entries()) {
    if (line !== '…') continue;
    const [before, after] = [shown[at - 1], shown[at + 1]];
    const from =
      before === undefined
        ? 0
        : 1 + printed.findIndex((each, row) => row >= next && isSame(before, each));
    const found = printed.findIndex(
      (each, row) => row >= from && after !== undefined && isSame(after, each),
    );
    const to = after === undefined ? printed.length : found;
    if ((before !== undefined && from === 0) || to < from) continue;
    fresh.push(...printed.slice(next, from), '…');
    next = to;
  }
  fresh.push(...printed.slice(next));
  return fresh.map((line) => shown.find((each) => each !== '…' && isSame(each, line)) ?? line);
}

function isSame(shown: string, printed: string): boolean {
  return new RegExp(`^${lineSource(shown)}$`).test(printed);
}

function joined(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

function lineSource(line: string): string {
  const hasRest = line.endsWith('…');
  let source = '';
  let end = 0;
  const text = hasRest ? line.slice(0, -1) : line;
  for (const found of text.matchAll(ANY_VARYING)) {
    const which = found.slice(1).findIndex((group) => group !== undefined);
    source += escaped(text.slice(end, found.index)) + (VARYING[which]?.[1] ?? '');
    end = found.index + found[0].length;
  }
  return `${source}${escaped(text.slice(end))}${hasRest ? '.*' : ''}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
