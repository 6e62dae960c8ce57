import { GdprError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { hasMode, parseConfig } from './config-file.ts';
import type { FileKind, FoundFile } from './find.ts';
import { type FileContent, describe, faultsOf, fileSchema } from './schema.ts';
import { type FoundText, type NotUsed, readFound, readUndecided } from './trust.ts';

/** A configuration file, read once and checked. */
export interface ConfigFile extends FoundText {
  kind: FileKind;
  /** What it says before it was checked. */
  value: unknown;
  content: FileContent;
}

/** Why a file is not used. */
interface Unusable {
  path: string;
  faults: readonly string[];
  untrusted: boolean;
}

/**
 * Reads all files that were found. Throws GdprError `config` with every fault of every file: one
 * that is not used now must be as right as the one that is. `untrusted` where the user has not
 * trusted that of the project as it is.
 */
export async function readConfigFiles(
  found: readonly FoundFile[],
  host: Host,
): Promise<readonly ConfigFile[]> {
  const read = await Promise.all(
    found.map(async (file) => checked(file, await readFound(file, host))),
  );
  return usable(read);
}

/** Reads the project's file, trusted or not, for the user who is to decide. Throws GdprError `config`. */
export async function readProjectFile(file: FoundFile, host: Host): Promise<ConfigFile> {
  const read = checked(file, await readUndecided(file, host));
  usable([read]);
  if ('faults' in read) throw new Error('its faults were not thrown');
  return read;
}

function checked({ path, kind }: FoundFile, read: FoundText | NotUsed): ConfigFile | Unusable {
  if ('fault' in read) return { path, faults: [read.fault], untrusted: read.untrusted };
  const parsed = parseConfig(path, read.text);
  const untrusted = false;
  if ('fault' in parsed) return { path, faults: [`${path} ${parsed.fault}`], untrusted };
  const schema = fileSchema({ project: kind === 'project', readable: hasMode(read.stats, 0o044) });
  const result = schema.safeParse(parsed.value, { error: describe });
  if (result.success) return { ...read, kind, value: parsed.value, content: result.data };
  const faults = faultsOf(schema, result.error).map((fault) => `${path}: ${fault}`);
  return { path, faults, untrusted };
}

function usable(read: readonly (ConfigFile | Unusable)[]): readonly ConfigFile[] {
  const bad = read.filter((each) => 'faults' in each);
  if (bad.length === 0) return read.filter((each) => 'content' in each);
  const faults = bad.flatMap((each) => each.faults);
  const untrusted = bad.find((each) => each.untrusted);
  const message = `The configuration is not usable:\n  ${faults.join('\n  ')}`;
  throw new GdprError(untrusted === undefined ? 'config' : 'untrusted', message, {
    next:
      untrusted === undefined
        ? 'Nothing was sent. Fix what is listed, then run the same command again.'
        : `Nothing was sent, and nothing of that file was used. To read and trust it: gdpr init --trust. A script names it: --config ${untrusted.path}`,
  });
}
