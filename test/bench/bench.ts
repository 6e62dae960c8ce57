/*
 * Figures of the built program, each a ratio measured in the same run against what else does the
 * same work, or against a computed least. Prints each as it comes, and all of them in the end as
 * the table of docs/benchmarks.md. All of them take about a quarter of an hour; names run some of them.
 * Exit code 0: everything was measured, whatever came out; 1: something could not be.
 *
 *   node test/bench/bench.ts [name…] [--size 1GB] [--latency 0ms]
 *
 * --size is that of the download, --latency that of the sandbox's answers in `pace`.
 */
import { parseArgs } from 'node:util';
import { measureChecks } from './checks.ts';
import { measureCpu } from './cpu.ts';
import { measureCsv } from './csv.ts';
import { measureDownload } from './download.ts';
import { type Finding, markdown, shown } from './figures.ts';
import { benchLedger } from './ledger.ts';
import { machine } from './machine.ts';
import { measurePace } from './pace.ts';
import { measureRivals } from './rivals.ts';
import { type Stage, setStage } from './stage.ts';
import { measureStartUp } from './start-up.ts';

const UNITS = { MB: 1_000_000, GB: 1_000_000_000 } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '1GB' },
    latency: { type: 'string', default: '0ms' },
  },
});
const size = bytesOf(values.size);
const latency = msOf(values.latency);

const BENCHES: Readonly<Record<string, (stage: Stage) => Promise<Finding | readonly Finding[]>>> = {
  'start-up': measureStartUp,
  download: (stage) => measureDownload(stage, size),
  pace: (stage) => measurePace(stage, latency),
  cpu: measureCpu,
  checks: measureChecks,
  csv: measureCsv,
  rivals: measureRivals,
  ledger: benchLedger,
};

const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals;
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  throw new Error(`${unknown.join(', ')}: the names are ${Object.keys(BENCHES).join(', ')}`);
}

console.log(machine());
const findings: Finding[] = [];
const stage = await setStage();
try {
  for (const name of names) {
    const found = (await BENCHES[name]?.(stage)) ?? [];
    for (const finding of [found].flat()) {
      findings.push(finding);
      console.log(`\n${shown(finding)}`);
    }
  }
  console.log(`\nnpm run bench -- ${process.argv.slice(2).join(' ')}`.trimEnd());
  console.log(`${machine()}\n\n${markdown(findings)}`);
  process.exitCode = findings.every(({ complete }) => complete) ? 0 : 1;
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

function msOf(text: string): number {
  const [, count] = /^(\d{1,5})ms$/.exec(text) ?? [];
  if (count !== undefined) return Number(count);
  throw new Error(`--latency ${text}: it is a number with ms`);
}
