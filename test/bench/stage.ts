import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '../..');

/** The built program. */
export const BIN = join(ROOT, 'dist/bin/gdpr.js');

/** A process that ended: ms from its start to its end, and what it printed. */
export interface Timed {
  ms: number;
  code: number | null;
  out: string;
  err: string;
}

/** With what the process itself reports at its end: peak memory (max RSS) in bytes, CPU time in ms. */
export interface Measured extends Timed {
  /** When it was started, ms since the epoch. */
  startedAt: number;
  peak: number;
  cpu: number;
}

type Env = Readonly<Record<string, string>>;

/** The built program, a server in the role of Stream, and a folder that is removed in the end. */
export interface Stage {
  dir: string;
  /** Of the server. */
  origin: string;
  /** The configuration file that the program is pointed at, or not. */
  configFile: string;
  /** The configuration as variables instead of the file. */
  variables: Env;
  /** Runs a command to its end, with no environment but the stage's own and `env`. */
  run(command: string, args: readonly string[], env?: Env): Timed;
  /** The same beside others; what it prints goes through a file, so that nobody reads beside it. */
  finish(command: string, args: readonly string[], env: Env): Promise<Timed>;
  /** Runs `gdpr`; throws where it ends with another code than expected. */
  gdpr(args: readonly string[], expected: number, env?: Env): Timed;
  /** The same, and what it took. */
  measured(args: readonly string[], expected: number, env: Env): Promise<Measured>;
  /** A program of `children/`, measured likewise. */
  child(name: string, args: readonly string[], env: Env): Promise<Measured>;
  strike(): Promise<void>;
}

/** Builds the program from the sources as they are and sets the stage. */
export async function setStage(): Promise<Stage> {
  build();
  const dir = await mkdtemp(join(tmpdir(), 'gdpr-bench-'));
  // Children are run as JavaScript from here: stripping types would be counted as theirs.
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  const server = spawn(process.execPath, [join(import.meta.dirname, 'stream-server.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const origin = await firstLine(server);
  const configFile = join(dir, 'gdpr.config.yaml');
  await writeFile(configFile, config(origin), { mode: 0o600 });
  const own = {
    PATH: process.env['PATH'] ?? '',
    HOME: dir,
    GDPR_STATE_DIR: join(dir, 'state'),
    GDPR_OPERATOR: 'bench',
    STREAM_API_SECRET: 'not-a-secret',
  };
  let files = 0;
  const fileOf = (name: string): string => join(dir, `${name}-${(files += 1)}`);

  const run: Stage['run'] = (command, args, env = {}) => {
    const options = { cwd: '/', env: { ...own, ...env }, encoding: 'utf8' } as const;
    const start = performance.now();
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ms = performance.now() - start;
    if (error !== undefined) throw error;
    return { ms, code: status, out: stdout, err: stderr };
  };
  const finish: Stage['finish'] = async (command, args, env) => {
    const paths = [fileOf('out'), fileOf('err')];
    const [out, err] = await Promise.all(paths.map((path) => open(path, 'w')));
    const start = performance.now();
    const child = spawn(command, args, {
      cwd: '/',
      env: { ...own, ...env },
      stdio: ['ignore', out?.fd, err?.fd],
    });
    const [code] = await once(child, 'exit');
    const ms = performance.now() - start;
    await Promise.all([out?.close(), err?.close()]);
    const [printed = '', said = ''] = await Promise.all(
      paths.map((path) => readFile(path, 'utf8')),
    );
    await Promise.all(paths.map((path) => rm(path)));
    return { ms, code, out: printed, err: said };
  };
  const measured = async (
    args: readonly string[],
    expected: number,
    env: Env,
  ): Promise<Measured> => {
    const report = fileOf('usage');
    const startedAt = Date.now();
    const timed = await finish(process.execPath, ['--import', reporter(report), ...args], env);
    expectCode(timed, expected, args);
    return { ...timed, startedAt, ...JSON.parse(await readFile(report, 'utf8')) };
  };

  return {
    dir,
    origin,
    configFile,
    variables: { STREAM_API_KEY: 'bench', STREAM_BASE_URL: origin },
    run,
    finish,
    gdpr: (args, expected, env) =>
      expectCode(run(process.execPath, [BIN, ...args], env), expected, args),
    measured: (args, expected, env) => measured([BIN, ...args], expected, env),
    child: async (name, args, env) => measured([await stripped(name, dir), ...args], 0, env),
    async strike() {
      server.stdin?.end();
      await rm(dir, { recursive: true });
    },
  };
}

/** The first line that a process prints. Throws when it ends without one. */
export async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the server has no output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the server did not start');
}

function build(): void {
  const { status } = spawnSync('npm', ['run', '-s', 'build'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error('npm run build did not succeed');
}

function expectCode<T extends Timed>(timed: T, expected: number, args: readonly string[]): T {
  if (timed.code === expected) return timed;
  const said = timed.err.slice(-2_000);
  throw new Error(`ended with ${timed.code}, not ${expected}: ${args.join(' ')}\n${said}`);
}

async function stripped(name: string, dir: string): Promise<string> {
  const file = join(dir, `${basename(name, '.ts')}.mjs`);
  const source = await readFile(join(import.meta.dirname, 'children', name), 'utf8');
  await writeFile(file, stripTypeScriptTypes(source));
  return file;
}

/** The profile has the name that the environment's has, so that both see the same ledger. */
function config(origin: string): string {
  return `profile: default
profiles:
  default:
    stream: { apiKey: bench, apiSecret: { env: STREAM_API_SECRET }, baseUrl: "${origin}", products: [chat] }
    deadline: { country: DE, region: BE, timeZone: Europe/Berlin }
    erase: { protected: ["^admin-"] }
`;
}

/** A module that makes a process write into a file, at its end, what it took. */
function reporter(file: string): string {
  const source = `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const taken = { peak: maxRSS * 1024, cpu: (userCPUTime + systemCPUTime) / 1000 };
  writeFileSync(${JSON.stringify(file)}, JSON.stringify(taken));
});`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
