import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CONFIGURED, setStage } from './stage.ts';

it.each([
  ['export', 130, 'Ctrl-C'],
  ['erase', 143, 'SIGTERM'],
  ['restore', 129, 'SIGHUP'],
])('%s: a signal while the CSV is read is %i, and nothing is made', async (command, exit, name) => {
  const stage = setStage(CONFIGURED, { stop: AbortSignal.abort(exit) });
  writeFileSync(join(stage.dir, 'people.csv'), 'user_id\nada\n');
  const { code, err } = await stage.gdpr(command, '--csv', 'people.csv', '--verbose');
  expect([code, err]).toEqual([exit, `Stopped by ${name}.\nNothing was sent or recorded.\n`]);
  expect(stage.made()).toEqual(['people.csv']);
});
