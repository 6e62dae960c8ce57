/*
 * Feeds the adapters answers, and the checks of files, that somebody has spoilt, for a set time.
 * Exit code 0: none was taken for what it is not; 1: at least one, with the seed that plays it again.
 *
 *   node test/fuzz/fuzz.ts [--seconds n] [--seed n] [--only]
 */
import { parseArgs } from 'node:util';
import { feed } from './feed.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000_000)) },
    only: { type: 'boolean', default: false },
  },
});
const seconds = numberOf('--seconds', values.seconds);
const first = numberOf('--seed', values.seed);

console.log(`seed ${first}, ${values.only ? 'that case alone' : `${seconds} s`}`);
const end = performance.now() + seconds * 1_000;
const counts = new Map<string, number>();
let [tried, failed, slowest, slowestSeed] = [0, 0, 0, first];
do {
  const seed = first + tried;
  const start = performance.now();
  const { name, faults } = await feed(seed);
  const took = performance.now() - start;
  if (took > slowest) [slowest, slowestSeed] = [took, seed];
  tried += 1;
  counts.set(name, (counts.get(name) ?? 0) + 1);
  if (faults.length === 0) continue;
  failed += 1;
  console.log(`seed ${seed}, ${name}:`);
  for (const fault of new Set(faults)) console.log(`  ${fault}`);
  console.log(`  replay: npm run fuzz -- --seed ${seed} --only`);
} while (!values.only && performance.now() < end);

for (const [name, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  console.log(`${String(count).padStart(9)} ${name}`);
console.log(
  `${tried} tried, ${failed} failed; the slowest took ${Math.round(slowest)} ms (seed ${slowestSeed})`,
);
process.exitCode = failed > 0 ? 1 : 0;

function numberOf(flag: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`${flag} ${text}: it is a whole number`);
}
