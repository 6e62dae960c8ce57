import { lstatSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { GdprError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { given } from './environment.ts';
import { isBuiltIn } from './profile.ts';
import type { ConfigFlags } from './settings.ts';

/** The names of a configuration file, cosmiconfig's conventions; none that runs code. */
export const SEARCH_PLACES = [
  '.gdprrc',
  '.gdprrc.json',
  '.gdprrc.yaml',
  '.gdprrc.yml',
  'gdpr.config.json',
  'gdpr.config.yaml',
  'gdpr.config.yml',
] as const;

/**
 * How a file was found. A `project` file comes from walking up, so whoever made the folder chose
 * it; a `user` file and a `named` one were chosen by the operator.
 */
export type FileKind = 'project' | 'user' | 'named';

export interface FoundFile {
  path: string;
  kind: FileKind;
  /** Others in the same folder, which are not read. */
  ignored: readonly string[];
}

/**
 * The files that make the configuration, the one that wins first. A file named by `--config` or
 * `GDPR_CONFIG` stands alone; it need not exist here, reading it will tell.
 *
 * The walk is ours and not cosmiconfig's: `cosmiconfig()` 10.0.1 looks for options for itself in
 * the working directory whatever it is told, and runs a `.config/config.js` that it finds there
 * (`getUserDefinedOptionsFromMetaConfig`). Its loaders are used for what was found.
 */
export function findConfigFiles(config: string | null, host: Host): readonly FoundFile[] {
  const named = config ?? given(host, 'GDPR_CONFIG');
  if (named !== null) {
    return [{ path: resolve(host.cwd, named), kind: 'named', ignored: [] }];
  }
  const found = [findProjectFile(host), findUserFile(host)];
  return found.filter((file) => file !== null);
}

/** The same for the chosen profile: where nothing of a file counts, that of a project is passed over. */
export function filesFor(flags: ConfigFlags, host: Host): readonly FoundFile[] {
  const profile = flags.profile ?? given(host, 'GDPR_PROFILE') ?? '';
  const found = findConfigFiles(flags.config, host);
  return isBuiltIn(profile) ? found.filter(({ kind }) => kind !== 'project') : found;
}

/** The project's file, from the current folder upwards; null also where that is the user's own. */
export function findProjectFile(host: Host): FoundFile | null {
  const file = upwards(host.cwd);
  return file?.path === findUserFile(host)?.path ? null : file;
}

/** The file in the user's own folder. */
export function findUserFile(host: Host): FoundFile | null {
  return inFolder(xdgFolder('XDG_CONFIG_HOME', host), 'user');
}

/** Whether walking would find a file of this name. */
export function isFindable(path: string): boolean {
  return SEARCH_PLACES.some((name) => name === basename(path));
}

function upwards(folder: string): FoundFile | null {
  for (let here = folder; ; here = dirname(here)) {
    const file = inFolder(here, 'project');
    if (file !== null || here === dirname(here)) return file;
  }
}

function inFolder(folder: string, kind: FileKind): FoundFile | null {
  const [path, ...ignored] = SEARCH_PLACES.map((name) => join(folder, name)).filter(stands);
  return path === undefined ? null : { path, kind, ignored };
}

const NOTHING: ReadonlySet<string> = new Set(['EACCES', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

/**
 * Whether something that is meant as a configuration file stands there. A link that points nowhere
 * does: to go on to the next place would mean to work on another account than the one meant.
 */
function stands(path: string): boolean {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats !== undefined && !stats.isDirectory();
  } catch (error) {
    // A folder above that this user may not look into, or that is none, holds nothing for them.
    if (error instanceof Error && 'code' in error && NOTHING.has(String(error.code))) return false;
    throw error;
  }
}

/** Where the state and the configuration are. No file is read. */
export function keptPlaces(flags: ConfigFlags, host: Host) {
  const found = findConfigFiles(flags.config, host);
  return {
    state: stateRoot(flags.stateDir, host),
    configFolder: xdgFolder('XDG_CONFIG_HOME', host),
    configFiles: found.map(({ path }) => path),
    configNames: SEARCH_PLACES,
  };
}

const DEFAULTS = { XDG_CONFIG_HOME: '.config', XDG_STATE_HOME: '.local/state' } as const;

/**
 * The program's folder below an XDG base directory. A relative value is ignored, as the XDG Base
 * Directory Specification says ("should consider the path invalid and ignore it").
 */
export function xdgFolder(variable: keyof typeof DEFAULTS, host: Host): string {
  const base = baseOf(variable, host) ?? join(host.home, DEFAULTS[variable]);
  return join(base, 'gdpr');
}

function baseOf(variable: keyof typeof DEFAULTS, host: Host): string | null {
  const value = host.env[variable];
  return value !== undefined && isAbsolute(value) ? value : null;
}

/**
 * The absolute folder of all state: `--state-dir`, `GDPR_STATE_DIR`, `$XDG_STATE_HOME/gdpr` or
 * `~/.local/state/gdpr`. Nothing is created here. Throws GdprError `config` when the flag is empty.
 */
export function stateRoot(flag: string | null, host: Host): string {
  if (flag === '') {
    throw new GdprError('config', '--state-dir names no folder.', {
      next: 'Nothing was sent. Name a folder, or leave the flag out.',
    });
  }
  const named = flag ?? given(host, 'GDPR_STATE_DIR');
  return named === null ? xdgFolder('XDG_STATE_HOME', host) : resolve(host.cwd, named);
}

/** What says where that folder is, in words. */
export function stateDirOrigin(flag: string | null, host: Host): string {
  if (flag !== null) return '--state-dir';
  if (given(host, 'GDPR_STATE_DIR') !== null) return 'GDPR_STATE_DIR';
  return baseOf('XDG_STATE_HOME', host) !== null ? 'XDG_STATE_HOME' : 'the default';
}
