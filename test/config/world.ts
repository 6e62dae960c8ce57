import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { isFindable } from '../../src/config/find.ts';
import type { ConfigFlags } from '../../src/config/settings.ts';
import { GdprError } from '../../src/errors.ts';
import { type FakeHost, fakeHost } from '../support/host.ts';
import { trust } from '../support/trust.ts';

/** A real folder tree with a home, a project and a place below it, removed after the test. */
export interface World {
  root: string;
  home: string;
  project: string;
  /** Writes a file (0600 unless told), which its user trusts, and answers with its path. */
  file(path: string, text: string, mode?: number): string;
  /** Writes a file that came with its folder. */
  foreign(path: string, text: string): string;
  host(env?: Record<string, string>, overrides?: Partial<FakeHost>): FakeHost;
}

export const NO_FLAGS: ConfigFlags = { profile: null, config: null, stateDir: null };

/** The uid that owns what a test writes. */
export const OWN_UID = process.getuid?.() ?? 0;

export function world(): World {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'gdpr-config-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const home = join(root, 'home');
  const project = join(root, 'project', 'deep', 'er');
  mkdirSync(home);
  mkdirSync(project, { recursive: true });
  const foreign = (path: string, text: string, mode = 0o600): string => {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    chmodSync(full, mode);
    return full;
  };
  return {
    root,
    home,
    project,
    foreign,
    file: (path, text, mode) => {
      const full = foreign(path, text, mode);
      if (isFindable(full)) trust(full, home);
      return full;
    },
    host: (env = {}, overrides = {}) =>
      fakeHost({ cwd: project, home, env, uid: OWN_UID, ...overrides }),
  };
}

export function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/configs/${name}`, import.meta.url), 'utf8');
}

/** The GdprError that something ends with. */
export async function failure(doing: Promise<unknown>): Promise<GdprError> {
  const error = await doing.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof GdprError) return error;
  throw new Error('no GdprError was thrown', { cause: error });
}

/** A file with one profile per name, all of Stream. */
export function profiles(names: readonly string[], profile?: string): string {
  const defined = Object.fromEntries(
    names.map((name) => [name, { stream: { apiKey: `${name}-key`, apiSecret: { env: 'S' } } }]),
  );
  return JSON.stringify({ ...(profile === undefined ? {} : { profile }), profiles: defined });
}
