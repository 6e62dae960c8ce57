import { GdprError } from '../../errors.ts';
import type { Settings } from '../settings.ts';

/**
 * Why it is not certain which account is meant, docs/spec.md 3, each as GdprError `config`: a file and
 * the variables name different ones; and of several profiles, what deletes or brings back wants one
 * chosen, with `yes`, where nobody reads the plan, for this run. `yes` null: it does neither.
 */
export function doubtsOf(
  { profile, rival, chosen, among }: Pick<Settings, 'profile' | 'rival' | 'chosen' | 'among'>,
  yes: boolean | null,
): readonly GdprError[] {
  const isChosen = yes === null || chosen === 'now' || (chosen === 'file' && !yes);
  return [
    ...(rival === null ? [] : [twoAccounts(profile, rival)]),
    ...(isChosen || among.length < 2 ? [] : [whichProfile(among, chosen === 'file')]),
  ];
}

function twoAccounts(name: string, { profile, environment }: NonNullable<Settings['rival']>) {
  return new GdprError(
    'config',
    `Two places name different accounts, and nothing says which is meant: ${profile}, and ${environment}.`,
    {
      next: `Nothing was sent. Choose: --profile ${name}, or --profile environment for the variables. GDPR_PROFILE chooses as well.`,
    },
  );
}

/** Several profiles, and none is chosen; `inFile`: none but by a file. */
export function whichProfile(among: readonly string[], inFile = false): GdprError {
  const how = inFile ? 'with --yes, "profile:" in a file does not choose' : 'none is chosen';
  return new GdprError('config', `There are several profiles, and ${how}: ${among.join(', ')}.`, {
    next: 'Nothing was sent. Choose one with --profile or GDPR_PROFILE; environment (the variables) and sandbox are built in.',
  });
}
