import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { Cell, Screen } from '../docs/screen.ts';
import { setMachine } from '../docs/stage.ts';
import { type Scene, cells, drawTerminal } from './picture.ts';

const PICTURE = resolve(import.meta.dirname, '../../docs/demo.svg');

interface Planned {
  command: string;
  /** What the request is called in the picture. */
  id: string;
  shown: readonly [first: RegExp, last: RegExp][];
}

/** The commands of the picture, and the lines between which it shows what they print. */
const SCENES: readonly Planned[] = [
  {
    id: 'req_01M8KTJ4KH9XHF91Q42AWESR0J',
    command: 'gdpr export ada --reference ZD-1042',
    shown: [[/^Receipt/, /review before sending/]],
  },
  {
    id: 'req_01M8KTJFYY3SXV62C651ZV6KM7',
    command: 'gdpr erase ada --hard',
    shown: [
      [/^Found/, /every file they uploaded/],
      [/^ {2}Sendbird/, /^\? Type/],
      [/^Receipt/, /^ {2}Sendbird/],
      [/Stream account: visible before/, /Stream's word$/],
    ],
  },
];

/** What else differs from run to run, as it stands in the picture. */
const FIXED: readonly [RegExp, string][] = [
  [/\d\d:\d\d UTC/g, '10:15 UTC'],
  [/Done in [\d.]+ s/g, 'Done in 2.3 s'],
];

function sceneOf({ command, id, shown }: Planned, screen: Screen): Scene {
  const lines = screen.lines();
  const rows: (readonly Cell[])[] = [];
  let next = 0;
  for (const [first, last] of shown) {
    const from = lines.findIndex((line, row) => row >= next && first.test(line));
    const to = lines.findIndex((line, row) => row >= from && last.test(line)) + 1;
    expect([from, to]).not.toContain(-1);
    if (from > next) rows.push(cells('…', 'dim'));
    rows.push(
      ...screen
        .rows()
        .slice(from, to)
        .map((row) => fixed(row, id)),
    );
    next = to;
  }
  return { command, rows: [...rows, cells('…', 'dim')] };
}

/** The cells of a line with fixed ids and times, in the styles that they were in. */
function fixed(row: readonly Cell[], id: string): Cell[] {
  const text = row.map(({ char }) => char).join('');
  const named = text.replace(/req_\w{26}/, id);
  const wanted = FIXED.reduce((so, [from, to]) => so.replace(from, to), named);
  return Array.from(wanted, (char, at) => ({ char, style: row[at]?.style ?? '' }));
}

it('docs/demo.svg shows what export and erase print (`npm run docs` draws it anew)', async () => {
  const machine = await setMachine('');
  const scenes: Scene[] = [];
  try {
    for (const planned of SCENES) {
      const answers = ['? Type ada to go ahead: ada'];
      const screen = await machine.run(planned.command, { answers, isColoured: true });
      scenes.push(sceneOf(planned, screen));
    }
  } finally {
    await machine.close();
  }
  const picture = drawTerminal(scenes);
  expect(picture.length).toBeLessThan(60_000);
  expect(picture).not.toMatch(/<script|<image|href|@import|url\(/);
  await expect(picture).toMatchFileSnapshot(PICTURE);
});
