import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** The table "who may import whom": a file of each room, what it may import and what it must not. */
const ROOMS: Readonly<Record<string, { may: readonly string[]; never: readonly string[] }>> = {
  'bin/x.ts': { may: ['../src/main.ts'], never: ['../src/app.ts', 'undici'] },
  'src/errors.ts': { may: [], never: ['../package.json', 'node:fs', 'zod'] },
  'src/host/host.ts': { may: [], never: ['../errors.ts', 'node:fs'] },
  'src/host/x.ts': {
    may: ['./host.ts', 'node:fs', 'node:fs/promises'],
    never: ['../errors.ts', 'zod'],
  },
  'src/requests/x.ts': {
    may: ['zod', './ids.ts', './plan/plan.ts'],
    never: [
      'node:crypto',
      '../host/host.ts',
      '../errors.ts',
      './../ledger/ledger.ts',
      './plan/../../ledger/ledger.ts',
      'undici',
    ],
  },
  'src/requests/plan/x.ts': {
    may: ['zod', '../ids.ts', '../transitions/change.ts'],
    never: ['../../host/host.ts', '../../errors.ts', '../../ledger/ledger.ts'],
  },
  'src/worker/x.ts': {
    may: [
      '../requests/ids.ts',
      '../providers/provider.ts',
      '../ledger/ledger.ts',
      '../host/host.ts',
    ],
    never: [
      '../http/http.ts',
      '../report/words.ts',
      '../commands/run/finish.ts',
      '../providers/stream/adapter.ts',
      '../ledger/sqlite.ts',
      '../sandbox/files/s3.ts',
      './../http/http.ts',
      'node:fs',
    ],
  },
  'src/worker/jobs/x.ts': {
    may: ['../context.ts', './check.ts', '../../requests/ids.ts', '../../files/artifact.ts'],
    never: ['../../http/http.ts', '../../report/words.ts', '../../ledger/sqlite.ts'],
  },
  'src/files/x.ts': {
    may: [
      'node:fs',
      'yauzl',
      'csv-parse',
      'csv-stringify/sync',
      '../requests/request.ts',
      '../host/atomic-file.ts',
    ],
    never: [
      '../ledger/ledger.ts',
      '../providers/provider.ts',
      '../http/http.ts',
      '../subjects/subjects.ts',
    ],
  },
  'src/subjects/x.ts': {
    may: ['node:sqlite', '../requests/ids.ts', '../files/csv/rows.ts', '../errors.ts'],
    never: ['../ledger/ledger.ts', '../host/host.ts', '../report/words.ts', 'node:fs', 'csv-parse'],
  },
  'src/providers/x.ts': { may: ['../http/http.ts'], never: ['../ledger/ledger.ts', 'zod'] },
  'src/providers/stream/x.ts': {
    may: ['../provider.ts', '../../http/http.ts', 'jose', 'zod'],
    never: ['../sendbird/client.ts', '../../ledger/ledger.ts', '../../report/words.ts', 'undici'],
  },
  'src/providers/sendbird/x.ts': {
    may: ['../provider.ts', '../../http/http.ts', 'zod'],
    never: [
      '../stream/client.ts',
      '../../worker/rate-limiter.ts',
      '../../sandbox/http/x.ts',
      'jose',
    ],
  },
  'src/http/x.ts': {
    may: ['undici', '../host/host.ts'],
    never: ['../requests/request.ts', '../providers/provider.ts'],
  },
  'src/ledger/x.ts': {
    may: ['node:sqlite', '../requests/request.ts'],
    never: [
      '../providers/provider.ts',
      '../worker/worker.ts',
      '../report/words.ts',
      '../subjects/subjects.ts',
      'undici',
    ],
  },
  'src/ledger/rows/x.ts': {
    may: ['../ledger.ts', '../../requests/request.ts'],
    never: ['../../worker/worker.ts', '../../report/words.ts'],
  },
  'src/report/x.ts': {
    may: ['chalk', 'ora', '../requests/receipt.ts'],
    never: ['../ledger/ledger.ts', '../http/http.ts', '../sandbox/host.ts', 'node:fs'],
  },
  'src/config/x.ts': {
    may: ['cosmiconfig', 'execa', 'node:crypto', '../host/host.ts', '../host/atomic-file.ts'],
    never: ['../requests/request.ts', '../ledger/ledger.ts', 'commander'],
  },
  'src/commands/x.ts': {
    may: [
      'commander',
      '../worker/worker.ts',
      '../ledger/ledger.ts',
      '../subjects/subjects.ts',
      '../app.ts',
    ],
    never: [
      '../http/http.ts',
      '../providers/stream/adapter.ts',
      '../sandbox/sandbox.ts',
      '../main.ts',
      'node:fs',
    ],
  },
  'src/commands/erase/x.ts': {
    may: ['../run/finish.ts', '../../worker/worker.ts', '../../app.ts'],
    never: ['../../http/http.ts', '../../sandbox/sandbox.ts', '../../main.ts'],
  },
  'src/commands/sandbox.ts': { may: ['../sandbox/sandbox.ts'], never: ['../worker/worker.ts'] },
  'src/sandbox/x.ts': {
    may: ['hono', './stream/vendor.ts'],
    never: ['../requests/request.ts', '../errors.ts', '../http/http.ts', 'undici'],
  },
  'src/sandbox/stream/x.ts': {
    may: ['../options.ts', '../accounts/history.ts'],
    never: ['../../requests/request.ts', '../../host/host.ts', '../../providers/provider.ts'],
  },
};

const EXPORTED =
  /^export (?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type)\s+([\w$]+)/gm;
const OF_A_PROVIDER = /^(?:providers|sandbox)\/(?:stream|sendbird)\//;

test('no exported name is declared twice outside provider folders', async () => {
  const paths = (await readdir(join(ROOT, 'src'), { recursive: true })).filter(
    (path) => path.endsWith('.ts') && !OF_A_PROVIDER.test(path),
  );
  const declared = await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(ROOT, 'src', path), 'utf8');
      const names = new Set(Array.from(text.matchAll(EXPORTED), ([, name = '']) => name));
      return [...names].map((name) => ({ name, path }));
    }),
  );
  const twice = [...Map.groupBy(declared.flat(), ({ name }) => name)]
    .filter(([, of]) => of.length > 1)
    .map(([name, of]) => `${name}: ${of.map(({ path }) => path).join(', ')}`);
  expect(twice).toEqual([]);
});

test('no folder holds more than 20 files', async () => {
  const counts = Map.groupBy(
    (await readdir(join(ROOT, 'src'), { recursive: true })).filter((path) => path.endsWith('.ts')),
    (path) => dirname(path),
  );
  expect([...counts].filter(([, files]) => files.length > 20)).toEqual([]);
});

test('the linter enforces who may import whom, row by row', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gdpr-house-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await cp(join(ROOT, 'oxlint.config.ts'), join(dir, 'oxlint.config.ts'));
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  await writeFile(join(dir, '.gitignore'), 'node_modules\n');
  for (const [file, { may, never }] of Object.entries(ROOMS)) {
    const lines = [...may, ...never].map((from, index) => `import { a${index} } from '${from}';`);
    await mkdir(join(dir, dirname(file)), { recursive: true });
    await writeFile(join(dir, file), `${lines.join('\n')}\n`);
  }
  const { stdout } = await execa(
    join(ROOT, 'node_modules/.bin/oxlint'),
    ['--format', 'json', '-A', 'all', '-D', 'no-restricted-imports', 'bin', 'src'],
    { cwd: dir, reject: false },
  );
  const refused = new Map<string, Set<string>>();
  for (const { message, filename } of JSON.parse(stdout).diagnostics) {
    const from = /^'([^']+)' import is restricted/.exec(message)?.[1] ?? message;
    refused.set(filename, (refused.get(filename) ?? new Set()).add(from));
  }
  for (const [file, { never }] of Object.entries(ROOMS)) {
    expect([file, refused.get(file)]).toEqual([file, new Set(never)]);
  }
});
