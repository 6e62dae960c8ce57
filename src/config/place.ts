import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GdprError, reasonOf } from '../errors.ts';
import type { Host } from '../host.ts';
import { type FileKind, findConfigFiles } from './find.ts';
import { given } from './given.ts';
import { readGuarded } from './guarded-file.ts';
import { parseConfig } from './parse.ts';
import { readConfigFiles } from './read.ts';
import { xdgFolder } from './xdg.ts';

/** Whether nothing stands there. Throws GdprError `config` for a place that cannot be looked at. */
function isNew(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined;
  } catch (thrown) {
    throw unusable(`${path} cannot be looked at (${reasonOf(thrown)})`);
  }
}

/** The name of a file that is new. */
const NEW_NAME = '.gdprrc.yaml';

/** A file that a profile is to be written to. */
export interface Place {
  /** Absolute. */
  path: string;
  kind: FileKind;
  /** What is there; null: the file is new. */
  existing: { text: string; mode: number; profiles: readonly string[] } | null;
}

/** What says where to write: `--project`, `--config`. */
export interface PlaceFlags {
  project: boolean;
  config: string | null;
}

/**
 * The file for a new profile: the one that `--config` or `GDPR_CONFIG` names; with `--project` that
 * of the project, from the current folder upwards; else the user's. Throws GdprError `usage` for
 * flags that contradict each other, `config` for a file that is there and has faults.
 */
export async function findPlace(flags: PlaceFlags, host: Host): Promise<Place> {
  const { path, kind } = chosen(flags, host);
  if (isNew(path)) {
    const parsed = parseConfig(path, '');
    if ('fault' in parsed) throw unusable(`${path} ${parsed.fault}`);
    return { path, kind, existing: null };
  }
  const [file] = await readConfigFiles([{ path, kind, ignored: [] }], host);
  const read = await readGuarded(path, () => null);
  if ('fault' in read) throw unusable(`${path} ${read.fault}`);
  const profiles = Object.keys(file?.content.profiles ?? {});
  const { text, stats } = read;
  return { path, kind, existing: { text, mode: stats.mode & 0o777, profiles } };
}

function chosen({ project, config }: PlaceFlags, host: Host): Pick<Place, 'path' | 'kind'> {
  const named = config ?? given(host, 'GDPR_CONFIG');
  if (named !== null) {
    if (project) {
      const by = config === null ? 'GDPR_CONFIG' : '--config';
      throw unusable(`--project and ${by} both say where to write.`);
    }
    return { path: resolve(host.cwd, named), kind: 'named' };
  }
  const kind = project ? 'project' : 'user';
  const found = findConfigFiles({ profile: null, config: null, stateDir: null }, host);
  const folder = project ? host.cwd : xdgFolder('XDG_CONFIG_HOME', host);
  const path = found.find((file) => file.kind === kind)?.path ?? join(folder, NEW_NAME);
  return { path, kind };
}

function unusable(what: string): GdprError {
  return new GdprError('usage', what, {
    next: 'Nothing was written. Name another file with --config, or leave it out.',
  });
}
