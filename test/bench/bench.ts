/*
 * Two figures, each a ratio measured in the same run: how long the built program takes to start,
 * against bare Node, and how fast it downloads, hashes and checks a large export, against curl.
 * Exit code 0: everything was measured, whatever came out; 1: something could not be.
 *
 *   node test/bench/bench.ts [--size 1GB]
 */
import { parseArgs } from 'node:util';
import { measureDownload } from './download.ts';
import { machine } from './machine.ts';
import { setStage } from './stage.ts';
import { measureStartUp } from './start-up.ts';

const UNITS = { MB: 1_000_000, GB: 1_000_000_000 } as const;

const { values } = parseArgs({ options: { size: { type: 'string', default: '1GB' } } });
const size = bytesOf(values.size);
console.log(machine());
const stage = await setStage();
try {
  console.log(`\n${await measureStartUp(stage)}`);
  const { text, complete } = await measureDownload(stage, size);
  console.log(`\n${text}`);
  console.log(`\n${machine()}`);
  process.exitCode = complete ? 0 : 1;
} finally {
  await stage.strike();
}

/** `100MB`, `1GB`; a file has whole megabytes, and its tenth is measured too. */
function bytesOf(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,4})(MB|GB)$/.exec(text) ?? [];
  const bytes = Number(count) * (unit === 'GB' ? UNITS.GB : UNITS.MB);
  if (bytes >= 10 * UNITS.MB) return bytes;
  throw new Error(`--size ${text}: it is a number with MB or GB, at least 10MB`);
}
