/* Prints the figures by which the house is measured, each with the command that shows it. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { SANDBOX } from '../src/config/accounts.ts';
import { systemClock } from '../src/host/system-clock.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCES = `git ls-files 'src/*.ts' 'bin/*.ts'`;
const DECLARED =
  '^export (declare |abstract |async )*(function\\*?|const|let|class|interface|type|enum) +[A-Za-z0-9_$]+';

const FIGURES: readonly { name: string; command: string }[] = [
  {
    name: 'lines of code in src and bin, without blank lines and comments',
    command: `${SOURCES} | xargs cat | awk '/^ *\\/\\*/ { c = 1 } !c && NF && $1 !~ /^\\/\\// { n++ } /\\*\\// { c = 0 } END { print n }'`,
  },
  { name: 'files there', command: `${SOURCES} | wc -l` },
  {
    name: 'their median length in lines',
    command: `${SOURCES} | xargs -n 1 wc -l | sort -n | awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }'`,
  },
  {
    name: 'most files in a folder',
    command: `git ls-files src | xargs -n 1 dirname | sort | uniq -c | sort -n | tail -n 1`,
  },
  {
    name: 'exported names declared twice outside provider folders',
    command: `git grep -oE '${DECLARED}' -- 'src/*.ts' ':!src/*/stream/*' ':!src/*/sendbird/*' | sed 's/:.* /:/' | sort -u | cut -d : -f 2 | sort | uniq -d | wc -l`,
  },
  { name: 'lines of README.md', command: 'wc -l < README.md' },
];

for (const { name, command } of FIGURES) {
  const printed = execFileSync('bash', ['-c', command], { cwd: ROOT, encoding: 'utf8' });
  console.log(`${name}: ${printed.trim()}\n  ${command}`);
}
console.log(
  `files of src in which one gdpr export ada runs a function: ${await filesThatRun()}\n  NODE_V8_COVERAGE=<folder> gdpr export ada, beside a gdpr sandbox`,
);

/** Exports a person from a sandbox in a process of its own, and counts by V8's own record. */
async function filesThatRun(): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'gdpr-figures-'));
  const coverage = join(dir, 'coverage');
  const { stream, sendbird } = SANDBOX;
  const sandbox = await startSandbox({
    port: 0,
    seed: 1,
    users: 0,
    taskTime: 1000,
    latency: 0,
    rate: null,
    faults: [],
    credentials: { stream, sendbird },
    clock: systemClock,
    log: () => {},
  });
  try {
    await promisify(execFile)(process.execPath, [join(ROOT, 'bin/gdpr.ts'), 'export', 'ada'], {
      cwd: dir,
      env: {
        HOME: dir,
        NODE_V8_COVERAGE: coverage,
        NODE_DISABLE_COMPILE_CACHE: '1',
        STREAM_API_KEY: stream.apiKey,
        STREAM_API_SECRET: stream.apiSecret,
        STREAM_BASE_URL: sandbox.origin,
        SENDBIRD_APP_ID: sendbird.applicationId,
        SENDBIRD_API_TOKEN: sendbird.apiToken,
        SENDBIRD_BASE_URL: sandbox.origin,
      },
    });
    return new Set(readdirSync(coverage).flatMap((name) => filesRunIn(join(coverage, name)))).size;
  } finally {
    await sandbox.close();
    rmSync(dir, { recursive: true });
  }
}

interface Script {
  url: string;
  functions: { ranges: { startOffset: number; count: number }[] }[];
}

/** The first function of a script is the module itself, which runs when it is read. */
function filesRunIn(record: string): string[] {
  const { result }: { result: Script[] } = JSON.parse(readFileSync(record, 'utf8'));
  const sources = pathToFileURL(join(ROOT, 'src/')).href;
  return result
    .filter(({ url }) => url.startsWith(sources))
    .filter(({ functions }) => functions.slice(1).some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
    .map(({ url }) => url);
}
