import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '../..');
const BIN = join(ROOT, 'dist/bin/gdpr.js');

/** A process that ended: ms from its start to its end, and what it printed. */
export interface Timed {
  ms: number;
  code: number | null;
  out: string;
  err: string;
}

/** The built program, a server in the role of Stream, and a folder that is removed in the end. */
export interface Stage {
  dir: string;
  /** Of the server. */
  origin: string;
  /** The configuration file that the program is pointed at, or not. */
  configFile: string;
  /** The configuration as variables instead of the file. */
  variables: Record<string, string>;
  /** Runs a command to its end, with no environment but the stage's own and `env`. */
  run(command: string, args: readonly string[], env?: Record<string, string>): Timed;
  /** Runs `gdpr`; throws where it ends with another code than expected. */
  gdpr(args: readonly string[], expected: number, env?: Record<string, string>): Timed;
  /** The same, and its peak memory (max RSS) in bytes, as the process itself reports it. */
  gdprMeasured(args: readonly string[], expected: number): Promise<Timed & { peak: number }>;
  strike(): Promise<void>;
}

/** Builds the program from the sources as they are and sets the stage. */
export async function setStage(): Promise<Stage> {
  build();
  const dir = await mkdtemp(join(tmpdir(), 'gdpr-bench-'));
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
  const node = (args: readonly string[], expected: number, env?: Record<string, string>): Timed => {
    const timed = run(process.execPath, args, env);
    if (timed.code === expected) return timed;
    throw new Error(`ended with ${timed.code}, not ${expected}: ${args.join(' ')}\n${timed.err}`);
  };

  return {
    dir,
    origin,
    configFile,
    variables: { STREAM_API_KEY: 'bench', STREAM_BASE_URL: origin },
    run,
    gdpr: (args, expected, env) => node([BIN, ...args], expected, env),
    async gdprMeasured(args, expected) {
      const report = join(dir, 'peak');
      const timed = node(['--import', reporter(report), BIN, ...args], expected);
      return { ...timed, peak: Number(await readFile(report, 'utf8')) * 1024 };
    },
    async strike() {
      server.stdin?.end();
      await rm(dir, { recursive: true });
    },
  };
}

function build(): void {
  const { status } = spawnSync('npm', ['run', '-s', 'build'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error('npm run build did not succeed');
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the server has no output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the server did not start');
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

/** A module that makes a process write its peak memory (KiB) into a file at its end. */
function reporter(file: string): string {
  const write = `writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS))`;
  const source = `import { writeFileSync } from 'node:fs'; process.on('exit', () => ${write});`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
