import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Block,
  type Shown,
  idsInCommon,
  idsInOrder,
  parseDocument,
  refreshed,
  writeDocument,
} from './document.ts';
import { type Machine, setMachine } from './stage.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DOCUMENTS = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })].toSorted();

/** Plays the blocks of a document one after the other, and answers with what they ought to show. */
async function play(blocks: readonly Block[]): Promise<Shown[][]> {
  let machine: Machine | null = null;
  const ids = new Map<string, string>();
  const played: Shown[][] = [];
  try {
    for (const { settings, shown } of blocks) {
      const sandbox = settings.find((setting) => /^(?:sandbox|demo)/.test(setting));
      if (sandbox !== undefined || machine === null) {
        await machine?.close();
        const flags = sandbox?.split(': ')[1] ?? '';
        machine = await setMachine(flags === 'none' ? null : flags);
      }
      const isTerminal = settings.includes('terminal');
      const block: Shown[] = [];
      for (const each of shown) block.push(await showAgain(each, machine, isTerminal, ids));
      played.push(block);
    }
  } finally {
    await machine?.close();
  }
  return played;
}

/** The command with what it shows: as it is where that is true, and as it was printed where it is not. */
async function showAgain(
  { command, lines }: Shown,
  machine: Machine,
  isTerminal: boolean,
  ids: Map<string, string>,
): Promise<Shown> {
  const [, file] = /^cat (\S+)$/.exec(command) ?? [];
  if (file !== undefined) machine.provide(file, lines);
  const answers = isTerminal ? lines.filter((line) => line.startsWith('? ')) : null;
  const screen = await machine.run(replaceAll(command, ids), { answers });
  const printed = linesOf(machine.toDocument(screen.lines().join('\n')));
  const common = idsInCommon(lines, printed);
  for (const [ours, theirs] of common ?? idsInOrder(lines, printed)) ids.set(ours, theirs);
  if (common !== null) return { command, lines };
  const back = new Map([...ids].map(([ours, theirs]) => [theirs, ours]));
  return { command, lines: refreshed(lines, printed).map((line) => replaceAll(line, back)) };
}

function linesOf(text: string): string[] {
  const trimmed = text.replace(/^\n+|\n+$/g, '');
  return trimmed === '' ? [] : trimmed.split('\n');
}

function replaceAll(text: string, words: ReadonlyMap<string, string>): string {
  return [...words].reduce((so, [from, to]) => so.replaceAll(from, to), text);
}

describe('what a document shows', () => {
  it.each(DOCUMENTS)('%s: is what is printed (`npm run docs` writes it anew)', async (name) => {
    const { texts, blocks } = parseDocument(readFileSync(join(ROOT, name), 'utf8'));
    const text = writeDocument(texts, await play(blocks));
    await expect(text).toMatchFileSnapshot(join(ROOT, name));
  });
});
