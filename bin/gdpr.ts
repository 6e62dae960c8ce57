#!/usr/bin/env node
// Only what Node 20 has may be imported by name here: the guard must get to speak.
import module from 'node:module';
import { isAbsolute, join } from 'node:path';

const OLDEST = [24, 15];

/** The commands that download; erase does with --export-first. */
const DOWNLOADING = new Set(['export', 'erase', 'resume']);

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** In the user's own cache folder: compiled code in the shared /tmp could be another user's. */
function cacheFolder(): string | null {
  const { XDG_CACHE_HOME: named, HOME: home } = process.env;
  if (named !== undefined && isAbsolute(named)) return join(named, 'gdpr', 'compiled');
  return home !== undefined && isAbsolute(home) ? join(home, '.cache', 'gdpr', 'compiled') : null;
}

/**
 * A download passes through in small pieces that die young: without this, V8 lets the young
 * generation grow with the length of the stream. It must be said before there is much of it, and
 * costs 10 ms of collecting at the start, which the other commands are spared.
 */
async function keepYoungGenerationSmall(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--max-semi-space-size=1');
  setFlagsFromString('--semi-space-growth-factor=1');
}

if (isNewEnough(process.versions.node)) {
  const args = process.argv.slice(2);
  if (args.some((arg) => DOWNLOADING.has(arg))) await keepYoungGenerationSmall();
  const folder = cacheFolder();
  if (folder !== null) module.enableCompileCache(folder);
  const { systemHost } = await import('../src/host/system-host.ts');
  const { main } = await import('../src/main.ts');
  const host = systemHost({ exit: (code) => process.exit(code) });
  process.exitCode = await main(args, host);
} else {
  process.stderr.write(
    `gdpr needs Node ${OLDEST.join('.')} or newer, and this is Node ${process.versions.node}. Nothing was sent.\n`,
  );
  process.exitCode = 1;
}
