import { lstatSync, type Stats } from 'node:fs';
import { GdprError } from '../errors.ts';
import type { Host } from '../host.ts';
import { describe, faultsOf } from './faults.ts';
import type { FileKind, FoundFile } from './find.ts';
import { hasMode, ownerFault, readGuarded } from './guarded-file.ts';
import { parseConfig } from './parse.ts';
import { type FileContent, fileSchema } from './schema.ts';

/** A configuration file, read and checked. */
export interface ConfigFile {
  path: string;
  kind: FileKind;
  content: FileContent;
}

/**
 * Reads all files that were found. Throws GdprError `config` with every fault of every file: one
 * that is not used now must be as right as the one that is.
 */
export async function readConfigFiles(
  found: readonly FoundFile[],
  host: Host,
): Promise<readonly ConfigFile[]> {
  const read = await Promise.all(found.map((file) => readConfigFile(file, host)));
  const faults = read.flatMap((result) => ('faults' in result ? result.faults : []));
  if (faults.length > 0) {
    throw new GdprError('config', `The configuration is not usable:\n  ${faults.join('\n  ')}`, {
      next: 'Nothing was sent. Mend what is listed, then run the same command again.',
    });
  }
  return read.flatMap((result) => ('faults' in result ? [] : [result]));
}

async function readConfigFile(
  { path, kind }: FoundFile,
  host: Host,
): Promise<ConfigFile | { faults: readonly string[] }> {
  const read = await readGuarded(path, (stats) => configFileFault(path, stats, host.uid));
  if ('fault' in read) return { faults: [`${path} ${read.fault}`] };
  const parsed = parseConfig(path, read.text);
  if ('fault' in parsed) return { faults: [`${path} ${parsed.fault}`] };
  const schema = fileSchema({ project: kind === 'project', readable: hasMode(read.stats, 0o044) });
  const result = schema.safeParse(parsed.value, { error: describe });
  if (result.success) return { path, kind, content: result.data };
  return { faults: faultsOf(schema, result.error).map((fault) => `${path}: ${fault}`) };
}

/** The file, and the link that may lead to it, must be ours or root's, and nobody else's to write. */
export function configFileFault(path: string, stats: Stats, uid: number): string | null {
  if (hasMode(stats, 0o022)) return 'is refused: other users can write it (chmod go-w it)';
  return ownerFault(stats, uid) ?? ownerFault(lstatSync(path), uid);
}
