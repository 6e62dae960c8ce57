/* The main job, shown: a sandbox, an export, and what erasing and bringing back do. Nothing is left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const BIN = resolve(import.meta.dirname, '../../bin/gdpr.ts');

const dir = await mkdtemp(join(tmpdir(), 'gdpr-demo-'));
const sandbox = spawn(process.execPath, [BIN, 'sandbox', '--port', '0', '--json', '--quiet'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const env = await environment(sandbox);
  const codes = [await show(['export', 'ada', '--reference', 'ZD-1042'], env)];
  console.log('$ tree gdpr-exports');
  await printTree(join(dir, 'gdpr-exports'));
  console.log();
  for (const args of [
    ['erase', 'ada', '--provider', 'stream', '--yes'],
    ['restore', 'ada', '--provider', 'stream', '--yes'],
    ['erase', 'ada', '--hard', '--reference', 'ZD-1043', '--yes'],
  ]) {
    codes.push(await show(args, env));
  }
  process.exitCode = Math.max(...codes);
} finally {
  sandbox.kill('SIGINT');
  await rm(dir, { recursive: true });
}

/** What the sandbox says to export into the shell, once it serves. */
async function environment(child: ChildProcess): Promise<Record<string, string>> {
  if (child.stdout === null) throw new Error('the sandbox has no output');
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line).env;
  throw new Error('the sandbox did not start');
}

/** Runs a command as a person would see it; answers with its exit code. */
async function show(args: string[], env: Record<string, string>): Promise<number> {
  console.log(`$ gdpr ${args.join(' ')}\n`);
  const code = await gdpr([...args, '--no-color'], env);
  console.log(`exit code ${code}\n`);
  return code;
}

async function gdpr(args: string[], env: Record<string, string>): Promise<number> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: dir,
    env: { PATH: process.env['PATH'], HOME: dir, ...env, GDPR_STATE_DIR: join(dir, 'state') },
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

async function printTree(folder: string, indent = ''): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      console.log(`${indent}${entry.name}/`);
      await printTree(path, `${indent}  `);
    } else {
      const { size } = await stat(path);
      console.log(`${indent}${entry.name.padEnd(20)} ${size.toLocaleString('en-US')} bytes`);
    }
  }
}
