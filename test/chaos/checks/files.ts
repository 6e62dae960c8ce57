import { createHash } from 'node:crypto';
import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Receipt } from '../../../src/requests/receipt.ts';
import { unzip } from '../../sandbox/unzip.ts';
import { receivedAgain } from '../download.ts';
import type { Evidence, Violation } from '../evidence.ts';

type Artifact = Receipt['steps'][number]['artifacts'][number];

const PAPERS = ['receipt.json', 'receipt.txt', 'SHA256SUMS'];

/** No file is wrong, half or missing: the bundles on disk, against receipts and providers. */
export async function checkFiles(evidence: Evidence): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const receipt of evidence.receipts) {
    const says = await ofBundle(evidence, receipt).catch((thrown: unknown) => [String(thrown)]);
    violations.push(
      ...says.map((what) => ({ check: 'files', requestId: receipt.request_id, what })),
    );
  }
  return violations;
}

async function ofBundle(evidence: Evidence, receipt: Receipt): Promise<string[]> {
  const { bundle, steps, finished_at: finishedAt } = receipt;
  const artifacts = steps.flatMap((step) => step.artifacts);
  const folder = bundle ?? join(evidence.world.dir, 'gdpr-exports', receipt.request_id);
  const found = await filesBelow(folder);
  const wrong: string[] = [];
  for (const artifact of artifacts) wrong.push(...(await ofArtifact(folder, artifact)));
  for (const step of steps) {
    if (step.artifacts.length > 0) wrong.push(...(await ofContent(evidence, step)));
  }
  if (finishedAt === null || found.length === 0) return wrong;
  const expected = [...artifacts.map(({ path }) => path), ...PAPERS].toSorted();
  if (found.join('\n') !== expected.join('\n')) {
    wrong.push(`the bundle holds ${found.join(', ')}; it should hold ${expected.join(', ')}`);
  }
  return [...wrong, ...(await ofPapers(folder, receipt, expected))];
}

async function ofArtifact(
  folder: string,
  { path, bytes, sha256, format }: Artifact,
): Promise<string[]> {
  const content = await readFile(join(folder, path)).catch(() => null);
  if (content === null) return [`${path} is missing`];
  const wrong =
    content.length === bytes ? [] : [`${path} has ${content.length} bytes, not ${bytes}`];
  if (sum(content) !== sha256) wrong.push(`${path} has another hash than its receipt`);
  if (((await lstat(join(folder, path))).mode & 0o777) !== 0o600) wrong.push(`${path} is not 0600`);
  const fault = await parseFault(content, format);
  return fault === null ? wrong : [...wrong, `${path}: ${fault}`];
}

async function parseFault(content: Buffer, format: Artifact['format']): Promise<string | null> {
  try {
    if (format === 'zip') {
      const { entries, damaged } = await unzip(content);
      const isWhole = damaged.length === 0 && Object.keys(entries).length > 0;
      return isWhole ? null : `damaged entries: ${damaged.join(', ')}`;
    }
    const text = content.toString();
    if (format === 'json') JSON.parse(text);
    else for (const line of text.split('\n')) if (line !== '') JSON.parse(line);
    return null;
  } catch (thrown) {
    return String(thrown);
  }
}

/** What the provider gives for the task now, byte for byte. */
async function ofContent({ world }: Evidence, step: Receipt['steps'][number]): Promise<string[]> {
  const [artifact] = step.artifacts;
  const again = await receivedAgain(world, step.provider, step.task_id ?? '');
  if (again === null || artifact === undefined || sum(again) === artifact.sha256) return [];
  return [`${artifact.path} is not what ${step.provider} has for task ${step.task_id}`];
}

async function ofPapers(
  folder: string,
  receipt: Receipt,
  expected: readonly string[],
): Promise<string[]> {
  const sums = (await readFile(join(folder, 'SHA256SUMS'), 'utf8')).trimEnd().split('\n');
  const wrong: string[] = [];
  for (const line of sums) {
    const [hash = '', path = ''] = line.split('  ');
    if (sum(await readFile(join(folder, path))) !== hash)
      wrong.push(`SHA256SUMS is wrong about ${path}`);
  }
  const listed = sums.map((line) => line.split('  ')[1]).join('\n');
  if (listed !== expected.filter((path) => path !== 'SHA256SUMS').join('\n')) {
    wrong.push('SHA256SUMS does not list the bundle');
  }
  const own: unknown = JSON.parse(await readFile(join(folder, 'receipt.json'), 'utf8'));
  if (JSON.stringify(own) !== JSON.stringify(receipt)) {
    wrong.push('receipt.json is another than the receipt that is printed');
  }
  return wrong;
}

async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

function sum(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
