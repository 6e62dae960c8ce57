import { defineConfig } from 'oxlint';

/**
 * What a room may import besides itself: paths below `src` (a folder ends with `/`), packages, and for
 * an adapter what stands beside its folder.
 */
interface Room {
  src: readonly string[];
  packages: readonly string[];
  beside?: string;
  why: string;
}

const ADAPTER_WHY =
  'a provider knows its own API, http and the shapes of requests: no other provider, ledger, worker, report';
const SANDBOX: Room = {
  src: [],
  packages:
    'hono @hono/node-server @hono/node-server/** jose yazl zod zod/** node:http node:crypto node:stream node:stream/promises node:zlib node:buffer node:net node:util'.split(
      ' ',
    ),
  why: "the sandbox must not inherit the client's mistakes: its own folder and a web framework",
};

/** Who may import whom. A deeper folder is a room of its own where it is named here. */
const ROOMS: Readonly<Record<string, Room>> = {
  host: {
    src: [],
    packages: 'node:fs node:fs/promises node:os node:module node:path node:tty ulid'.split(' '),
    why: 'the host is the world: it knows nobody who uses it',
  },
  requests: {
    src: [],
    packages: ['zod', 'zod/**'],
    why: 'the core is pure: zod and its own folder; time, ids and holidays come in as arguments',
  },
  worker: {
    src: ['requests/', 'providers/provider.ts', 'ledger/ledger.ts', 'files/', 'host/', 'errors.ts'],
    packages: [],
    why: 'the worker knows providers by their interface, and never http or report',
  },
  files: {
    src: ['requests/', 'host/host.ts', 'host/atomic-file.ts', 'errors.ts'],
    packages:
      'csv-parse csv-stringify/sync yauzl node:fs node:fs/promises node:crypto node:path node:zlib node:buffer node:stream node:worker_threads node:util'.split(
        ' ',
      ),
    why: 'files are handed streams and texts: no provider, ledger, worker',
  },
  providers: {
    src: ['requests/', 'http/', 'errors.ts', 'secret.ts', 'host/host.ts'],
    packages: [],
    why: 'what providers share speaks of requests and http: no other room',
  },
  'providers/stream': {
    src: ['http/', 'requests/', 'errors.ts', 'secret.ts', 'host/host.ts'],
    packages: ['zod', 'zod/**', 'jose', 'node:crypto'],
    beside: '../*.ts',
    why: ADAPTER_WHY,
  },
  'providers/sendbird': {
    src: ['http/', 'requests/', 'errors.ts', 'secret.ts', 'host/host.ts'],
    packages: ['zod', 'zod/**', 'node:crypto'],
    beside: '../*.ts',
    why: ADAPTER_WHY,
  },
  http: {
    src: ['host/', 'errors.ts', 'secret.ts'],
    packages: 'undici node:net node:stream node:dns node:buffer'.split(' '),
    why: 'http is the door to the network and knows nobody who goes through it',
  },
  ledger: {
    src: ['requests/', 'host/host.ts', 'errors.ts'],
    packages: 'node:sqlite node:fs node:fs/promises node:path node:crypto node:url'.split(' '),
    why: 'the ledger knows the shapes of requests: no provider, worker, report',
  },
  subjects: {
    src: ['requests/', 'files/', 'errors.ts'],
    packages: ['node:sqlite', 'fastest-levenshtein'],
    why: 'the subject table is who a run is about: requests, files and a temporary table, nothing else',
  },
  report: {
    src: ['requests/', 'host/host.ts'],
    packages: ['chalk', 'ora', 'get-east-asian-width'],
    why: 'a report is made from what it is given: no ledger, provider, http',
  },
  config: {
    src: ['host/host.ts', 'host/atomic-file.ts', 'errors.ts', 'secret.ts'],
    packages:
      'cosmiconfig fastest-levenshtein yaml zod zod/** execa date-holidays node:crypto node:fs node:fs/promises node:path node:net node:util'.split(
        ' ',
      ),
    why: 'config reads configuration and nothing else',
  },
  commands: {
    src: [
      'requests/',
      'worker/',
      'files/',
      'report/',
      'ledger/ledger.ts',
      'subjects/',
      'providers/provider.ts',
      'config/settings.ts',
      'errors.ts',
      'app.ts',
      'host/host.ts',
    ],
    packages: ['commander', '@inquirer/prompts', 'node:path'],
    why: "a command gets what it needs from App: no provider's folder, http, node:fs; the sandbox only in commands/sandbox.ts",
  },
  sandbox: SANDBOX,
};

const LEAVES = ['host/host.ts', 'host/backoff.ts', 'errors.ts', 'secret.ts'].map((f) => `src/${f}`);

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'warn' },
  rules: {
    'no-console': 'error',
    'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    'typescript/consistent-return': 'off',
    'oxc/no-map-spread': 'off',
    complexity: ['error', { max: 12 }],
    'no-restricted-globals': [
      'error',
      { name: 'process', message: 'take it from Host' },
      { name: 'fetch', message: 'src/http is the one door to the network' },
      { name: 'setTimeout', message: 'use host.clock' },
      { name: 'setInterval', message: 'use host.clock' },
      { name: 'setImmediate', message: 'use host.clock' },
      { name: 'WebSocket', message: 'src/http is the one door to the network' },
      { name: 'EventSource', message: 'src/http is the one door to the network' },
      { name: 'globalThis', message: 'name what you need: it comes from Host' },
      { name: 'performance', message: 'use host.clock' },
    ],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: 'use host.clock' },
      { object: 'Math', property: 'random', message: 'use host.random' },
    ],
    'no-await-in-loop': 'off',
    'typescript/no-floating-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/consistent-type-imports': 'error',
    'import/no-cycle': 'error',
    'import/no-named-as-default-member': 'off',
  },
  ignorePatterns: ['dist'],
  overrides: [
    only(['bin/**'], 'bin is the wire: main and the host, nothing else', {
      others: [
        '../src/main.ts',
        '../src/host/system-host.ts',
        'node:module',
        'node:path',
        'node:v8',
      ],
    }),
    ...Object.entries(ROOMS).flatMap(([name, room]) =>
      [0, 1].map((depth) => roomRule(name, room, depth)),
    ),
    only(['src/commands/sandbox.ts'], 'commands/sandbox.ts starts the sandbox and nothing else', {
      others: [
        'commander',
        '../files/**',
        '../report/words.ts',
        '../sandbox/sandbox.ts',
        '../errors.ts',
        '../app.ts',
      ],
    }),
    only(LEAVES, 'what every room may import imports none of them', { others: [] }),
    {
      files: ['bin/**', 'src/host/system-*.ts', 'test/**'],
      rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
    },
    { files: ['test/**'], rules: { 'max-lines': 'off', 'no-console': 'off' } },
  ],
});

/** The rule for the files of a room, or for those of the folders in it. */
function roomRule(name: string, { src, packages, beside, why }: Room, depth: number) {
  const up = '../'.repeat(name.split('/').length + depth);
  const own = depth === 0 ? [] : ['../**'];
  const others = src.map((path) => `${up}${path}${path.endsWith('/') ? '**' : ''}`);
  return only([`src/${name}/${depth === 0 ? '*' : '*/**'}`], why, {
    own: beside === undefined ? own : [...own, beside],
    others: [...others, ...packages],
  });
}

/** Only these may be imported: their folder, `own` without what lies above it, and `others`. */
function only(
  files: readonly string[],
  message: string,
  { own = ['./**'], others }: { own?: readonly string[]; others: readonly string[] },
) {
  const group = [
    '**/*',
    ...may(['./**', ...own]),
    '../../**',
    ...may(others),
    './../**',
    './**/../**',
  ];
  return {
    files: [...files],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
  } as const;
}

function may(paths: readonly string[]): string[] {
  return paths.map((path) => `!${path}`);
}
