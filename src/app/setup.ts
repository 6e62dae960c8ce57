import { realpath } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accountsOf } from '../config/accounts.ts';
import { findProjectFile } from '../config/find.ts';
import { loadSettings, rateOf } from '../config/load.ts';
import { readProjectFile } from '../config/read.ts';
import type { FileFacts } from '../config/schema.ts';
import { cleanSecret, resolveSecret, secretSpec } from '../config/secrets.ts';
import type { Draft, SecretInput } from '../config/settings.ts';
import { hashOf, rememberTrust, shown, trustFolder, trustedHash } from '../config/trust.ts';
import { newFile, profileLines, withProfile } from '../config/write/add-profile.ts';
import { draftFaults, readDraft, writtenProfile } from '../config/write/draft.ts';
import { type PlaceFlags, findPlace } from '../config/write/place.ts';
import { replaceFile } from '../config/write/replace-file.ts';
import { GdprError, reasonOf } from '../errors.ts';
import { makeFolder as makePrivate } from '../files/folder.ts';
import type { Host } from '../host/host.ts';
import { Secret } from '../secret.ts';
import { type Connected, connect } from './connect.ts';

/** Pauses are a tenth of the usual: somebody sits there and waits. */
const TEMPO = { pollInterval: 200, rateShare: 0.8 };

/** The mode of a file that is new: its owner's alone. */
const OWN = 0o600;

/** `hidden`: not at all, another place has the name; `untrusted`: a project's file is in the way. */
type Reach = 'unnamed' | 'named' | 'hidden' | 'untrusted';

/** What `gdpr init` is done with: one file, and profiles that are not in it yet. */
export type Setup = Awaited<ReturnType<typeof createSetup>>;

/** Finds out where to write. Throws GdprError `usage` or `config`, as `findPlace` does. */
export async function createSetup(flags: PlaceFlags, verbose: boolean, host: Host) {
  const place = await findPlace(flags, host);
  const { path, existing } = place;
  const mode = existing?.mode ?? OWN;
  const facts: FileFacts = { project: place.kind === 'project', readable: (mode & 0o044) !== 0 };
  return {
    place,
    /** Everything that is wrong with a draft. */
    faults: (name: string, draft: Draft) => draftFaults(name, draft, facts),
    /** A secret that was typed; null when it cannot be one. */
    typed: cleanSecret,
    /** Reads a secret from where it is. Throws GdprError `credentials`. */
    async reveal(secret: SecretInput): Promise<Secret> {
      if (secret instanceof Secret) return secret;
      const spec = secretSpec(secret);
      if (spec === null) throw new Error('the secret was not checked');
      return resolveSecret(spec, { label: 'the profile', file: path }, host);
    },
    /** The providers of a draft without faults; asks nobody yet, and is to be closed. */
    connect(name: string, draft: Draft): Connected {
      const profile = readDraft(name, draft, facts);
      if (profile === null) throw new Error('the draft was not checked');
      const choice = { from: 'file', name, file: path, profile } as const;
      return connect(
        { ...accountsOf(choice, host), source: path, rate: rateOf(undefined) },
        TEMPO,
        verbose,
        host,
      );
    },
    /**
     * Writes the profile, and trusts a file that needs it. Throws GdprError `guard`, with nothing
     * written, where the file cannot take it and stay as it is, and `storage`.
     */
    async write(name: string, draft: Draft): Promise<void> {
      const addition = { name, profile: writtenProfile(draft, (secret) => secret.reveal()) };
      const text =
        existing === null
          ? newFile(path, addition, schemaFrom(dirname(path)))
          : withProfile(path, existing.text, addition);
      if (text === null) throw cannotAdd(path, name, draft);
      if (place.kind === 'user') await makeUserFolder(dirname(path));
      if (place.trusts) await makeUserFolder(trustFolder(host));
      const before = existing?.text ?? null;
      await replaceFile(path, { text, before, mode }, () => host.newId());
      if (place.trusts) await trustWritten(path, text, host);
    },
    /** How the profile is found once it is written. */
    reach: (name: string) => reachOf(name, path, flags, host),
  };
}

/** An editor is told by a relative path where that stays inside the folder, else by an address. */
function schemaFrom(folder: string): string {
  const schema = new URL('../config/gdpr.schema.json', import.meta.url);
  const path = relative(folder, fileURLToPath(schema));
  return path.startsWith('..') ? schema.href : `./${path.split(sep).join('/')}`;
}

function cannotAdd(path: string, name: string, draft: Draft): GdprError {
  const profile = writtenProfile(draft, () => '…');
  const message = `Refused: ${path} is laid out so that nothing can be added without changing the rest.`;
  return new GdprError('guard', message, {
    next: `Nothing was written. Add this under profiles: by hand:\n${profileLines({ name, profile })}`,
  });
}

async function trustWritten(path: string, text: string, host: Host): Promise<void> {
  try {
    await rememberTrust(await realpath(path), text, host);
  } catch (thrown) {
    const why = thrown instanceof GdprError ? thrown.message : reasonOf(thrown);
    throw new GdprError('storage', `${path} is written, but not trusted: ${why}`, {
      next: 'It is not used before it is trusted. Fix this, then run: gdpr init --trust',
      cause: thrown,
    });
  }
}

/** Makes a folder of the user's own, and those above it. Throws GdprError `storage`. */
async function makeUserFolder(path: string): Promise<void> {
  try {
    await makePrivate(path);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown)) throw thrown;
    throw new GdprError('storage', `Cannot make ${path} (${String(thrown.code)}).`, {
      next: 'Nothing was written. Fix the folder, or name a file with --config.',
      cause: thrown,
    });
  }
}

/** As a command without flags, and then one with `--profile`, would find it. */
async function reachOf(
  name: string,
  path: string,
  { config }: PlaceFlags,
  host: Host,
): Promise<Reach> {
  const found = async (profile: string | null): Promise<Reach> =>
    loadSettings({ profile, config, stateDir: null }, host).then(
      ({ source }) => (source === `profiles.${name} in ${path}` ? 'named' : 'hidden'),
      (thrown) =>
        thrown instanceof GdprError && thrown.fault === 'untrusted' ? 'untrusted' : 'hidden',
    );
  return (await found(null)) === 'named' ? 'unnamed' : found(name);
}

/** The project's file, for its user to trust or not. */
export type ProjectFile = Awaited<ReturnType<typeof openProjectFile>>;

/** Reads it. Throws GdprError `usage` where there is none, `config` where it could not be used anyway. */
export async function openProjectFile(host: Host) {
  const found = findProjectFile(host);
  if (found === null) {
    throw new GdprError('usage', 'There is no file of a project in this folder or above.', {
      next: 'Nothing was changed. Your own file needs no trust, nor does one that --config names.',
    });
  }
  const { path, bytes, value } = await readProjectFile(found, host);
  const trusted = await trustedHash(path, host);
  if ('fault' in trusted) {
    throw new GdprError('config', `${trusted.fault}.`, {
      next: 'Nothing was changed. Fix or remove it, then run the same command again.',
    });
  }
  const sha256 = hashOf(bytes);
  return {
    /** The real one. */
    path,
    sha256,
    /** What it says as every command would read it, without secrets; nothing is escaped. */
    shown: shown(value),
    isTrusted: trusted.sha256 === sha256,
    /** Remembers it as it was read. Throws GdprError `storage`. */
    async trust(): Promise<void> {
      await makeUserFolder(trustFolder(host));
      await rememberTrust(path, bytes, host);
    },
  };
}
