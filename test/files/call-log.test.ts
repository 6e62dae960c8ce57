import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCallLog } from '../../src/files/call-log.ts';
import { tempFolder } from './stage.ts';

function keptIn(folder: string) {
  const configFolder = join(folder, 'config');
  return { state: join(folder, 'state'), configFolder, configFiles: [], configNames: ['.gdprrc'] };
}

test('a log goes on where one ended, in an empty file and in a new one', async () => {
  const folder = tempFolder();
  const file = join(folder, 'calls.log');
  for (const n of [1, 2]) {
    const log = await openCallLog(file, keptIn(folder));
    log.write({ at: `2026-11-2${n}` });
    log.close();
  }
  expect(readFileSync(file, 'utf8')).toBe('{"at":"2026-11-21"}\n{"at":"2026-11-22"}\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(join(folder, 'empty'), '');
  (await openCallLog(join(folder, 'empty'), keptIn(folder))).close();
});

test('what was opened for us takes lines among others, unless it is kept', async () => {
  const folder = tempFolder();
  for (const name of ['all.log', '.gdprrc']) {
    writeFileSync(join(folder, name), 'before\n');
    const handle = await open(join(folder, name), 'a');
    onTestFinished(() => handle.close());
    symlinkSync(`/dev/fd/${handle.fd}`, join(folder, `${name}.link`));
  }
  const log = await openCallLog(join(folder, 'all.log.link'), keptIn(folder));
  log.write({ at: '2026-11-21' });
  log.close();
  expect(readFileSync(join(folder, 'all.log'), 'utf8')).toBe('before\n{"at":"2026-11-21"}\n');
  await expect(openCallLog(join(folder, '.gdprrc.link'), keptIn(folder))).rejects.toMatchObject({
    fault: 'usage',
    message: 'The log cannot be written: it is a configuration file.',
  });
});
