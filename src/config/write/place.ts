import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GdprError, reasonOf } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { parseConfig } from '../config-file.ts';
import { given } from '../environment.ts';
import { type FileKind, findProjectFile, findUserFile, isFindable, xdgFolder } from '../find.ts';
import { type ConfigFile, readConfigFiles } from '../read.ts';
import { readFound } from '../trust.ts';

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
  /** Whether its user trusts it once a profile is written. */
  trusts: boolean;
}

/** What says where to write: `--project`, `--config`. */
export interface PlaceFlags {
  project: boolean;
  config: string | null;
}

/**
 * The file for a new profile: the one that `--config` or `GDPR_CONFIG` names; with `--project` that
 * of the project, from the current folder upwards; else the user's. Throws GdprError `usage` for
 * flags that contradict each other, `config` for a file that is there and has faults, `untrusted`.
 */
export async function findPlace(flags: PlaceFlags, host: Host): Promise<Place> {
  const { path, kind } = chosen(flags, host);
  if (isNew(path)) {
    const parsed = parseConfig(path, '');
    if ('fault' in parsed) throw unusable(`${path} ${parsed.fault}`);
    return { path, kind, existing: null, trusts: kind !== 'user' && isFindable(path) };
  }
  const [file] = await readConfigFiles([{ path, kind, ignored: [] }], host);
  if (file === undefined) throw new Error('a file was neither read nor refused');
  const { text, stats, content } = file;
  const profiles = Object.keys(content.profiles ?? {});
  const existing = { text, mode: stats.mode & 0o777, profiles };
  return { path: file.path, kind, existing, trusts: await isTrusted(file, host) };
}

/** What was never trusted is not made so by a profile that is added to it. */
async function isTrusted({ path, kind, text }: ConfigFile, host: Host): Promise<boolean> {
  if (kind !== 'named') return kind === 'project';
  const found = await readFound({ path, kind: 'project', ignored: [] }, host);
  return 'text' in found && found.text === text;
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
  const found = project ? findProjectFile(host) : findUserFile(host);
  const folder = project ? host.cwd : xdgFolder('XDG_CONFIG_HOME', host);
  const path = found?.path ?? join(folder, NEW_NAME);
  return { path, kind };
}

function unusable(what: string): GdprError {
  return new GdprError('usage', what, {
    next: 'Nothing was written. Name another file with --config, or leave it out.',
  });
}
