import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figure, type Finding, figureOf, judge, ratioOf, spell } from './figures.ts';
import type { Stage } from './stage.ts';

const ROUNDS = 5;
const MB = 1_000_000;
const MORE_MEMORY = 20 * MB;
const TOOLS = ['curl', 'tee', 'sha256sum'];
/** What the other side is, with the address and the file as `$1` and `$2`. */
const PIPE = 'curl -sf "$1" | tee "$2" | sha256sum';
const INCLUDED =
  "gdpr's time has everything in it: start-up, the call, a pause of 100 ms before the first check, reading each line, SHA-256, fsync, bundle, receipt and ledger. curl's has no check and no fsync.";

/** Time against curl, and peak memory, for a file of `size` bytes and for one of a tenth. */
export async function measureDownload(stage: Stage, size: number): Promise<Finding> {
  const missing = TOOLS.filter((tool) => stage.run('sh', ['-c', `command -v ${tool}`]).code !== 0);
  const small: number[] = [];
  const peaks: number[] = [];
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    small.push((await exported(stage, size / 10)).peak);
    const expected = await exported(stage, size);
    ours.push(expected.ms / 1000);
    peaks.push(expected.peak);
    if (missing.length > 0) continue;
    theirs.push((await piped(stage, size, expected.sha256)) / 1000);
  }
  const rows = [['gdpr export', spell(figureOf(ours), 2, ' s')]];
  if (missing.length === 0) {
    const ratio = ratioOf(ours, theirs);
    rows[0]?.push(spell(ratio, 2, ' x'), judge('at most 1 x', ratio.median <= 1));
    rows.unshift(['curl | tee | sha256sum', spell(figureOf(theirs), 2, ' s')]);
  }
  return {
    title: `Download of ${size / MB} MB of JSON lines; ${ROUNDS} rounds, median (min to max)`,
    rows: [...rows, ...memory(size, figureOf(small), figureOf(peaks))],
    notes: [
      INCLUDED,
      ...missing.map((tool) => `NOT COMPARED with ${TOOLS.join(' | ')}: there is no ${tool} here.`),
    ],
    complete: missing.length === 0,
  };
}

function memory(size: number, small: Figure, large: Figure): string[][] {
  const text = ({ median, min, max }: Figure): string =>
    spell({ median: median / MB, min: min / MB, max: max / MB }, 1, ' MB');
  const more = large.median - small.median;
  return [
    [`peak memory (max RSS) at ${size / 10 / MB} MB`, text(small)],
    [
      `peak memory at ${size / MB} MB`,
      text(large),
      `${(more / MB).toFixed(1)} MB more`,
      judge('at most 20 MB more', more <= MORE_MEMORY),
    ],
  ];
}

/** One export by the program; its files are removed again. */
async function exported(
  stage: Stage,
  bytes: number,
): Promise<{ ms: number; peak: number; sha256: string }> {
  const out = join(stage.dir, 'out');
  const {
    ms,
    peak,
    out: printed,
  } = await stage.measured(
    [
      'export',
      `bytes-${bytes}`,
      '--new',
      '--json',
      '--poll-interval',
      '100ms',
      '--out',
      out,
    ].concat(['--config', stage.configFile]),
    0,
    {},
  );
  const [artifact] = JSON.parse(printed).steps[0].artifacts;
  if (artifact.bytes !== bytes) throw new Error(`${artifact.bytes} bytes came, not ${bytes}`);
  await rm(out, { recursive: true });
  return { ms, peak, sha256: artifact.sha256 };
}

/** The same file by curl; ms. Throws where it is not the same. */
async function piped(stage: Stage, bytes: number, sha256: string): Promise<number> {
  const file = join(stage.dir, 'file');
  const { ms, out } = stage.run('sh', ['-c', PIPE, 'sh', `${stage.origin}/file/${bytes}`, file]);
  if (!out.startsWith(sha256)) throw new Error(`curl got another file: ${out}`);
  await rm(file);
  return ms;
}
