import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Stage } from './stage.ts';

/** Writes a CSV into the operator's folder and answers with its name. */
export async function csv(
  stage: Pick<Stage, 'dir'>,
  lines: readonly string[],
  name = 'people.csv',
) {
  await writeFile(join(stage.dir, name), `${lines.join('\n')}\n`);
  return name;
}

/** A row of a results file by its column. */
export type Result = Record<string, string>;

/** The rows of a results file. */
export async function resultsOf(stage: Pick<Stage, 'dir'>, name: string): Promise<Result[]> {
  return parse(await readFile(join(stage.dir, name), 'utf8'), { columns: true });
}

/** How often each id was named in calls of an operation that were answered with success. */
export function submissions(stage: Pick<Stage, 'log'>, operation: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const { operation: called, ids, status } of stage.log) {
    if (called !== operation || status === null || status >= 300) continue;
    for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1);
  }
  return times;
}
