import type { Host } from '../host/host.ts';
import { PROVIDER_VARIABLES, given } from './environment.ts';
import type { FoundFile } from './find.ts';
import type { Choice } from './profile/choose.ts';

/** What the operator should know about a configuration that works, one sentence each. */
export function warningsOf(
  choice: Choice,
  found: readonly FoundFile[],
  host: Host,
): readonly string[] {
  return [...ignoredFiles(found), ...plainSecrets(choice), ...unusedVariables(choice, host)];
}

function ignoredFiles(found: readonly FoundFile[]): string[] {
  return found
    .filter((file) => file.ignored.length > 0)
    .map((file) => `${file.path} is used, and ${file.ignored.join(', ')} beside it is not read.`);
}

function plainSecrets(choice: Choice): string[] {
  if (choice.from !== 'file') return [];
  return secretsOf(choice)
    .filter(([, spec]) => spec?.kind === 'plain')
    .map(
      ([key]) =>
        `profiles.${choice.name}.${key} in ${choice.file} is a plain secret: better { env }, { file } or { command }.`,
    );
}

/** Variables that would choose an account if there were no file: whoever set them may think so. */
function unusedVariables(choice: Choice, host: Host): string[] {
  if (choice.from === 'environment') return [];
  const named = choice.from === 'file' ? secretsOf(choice).map(([, spec]) => spec) : [];
  const unused = PROVIDER_VARIABLES.filter(
    (name) =>
      given(host, name) !== null &&
      !named.some((spec) => spec?.kind === 'env' && spec.name === name),
  );
  if (unused.length === 0) return [];
  const from = choice.from === 'file' ? choice.file : 'the program itself';
  return [
    `${unused.join(', ')} in the environment: not used, the profile ${choice.name} comes whole from ${from}.`,
  ];
}

function secretsOf({ profile }: Extract<Choice, { from: 'file' }>) {
  return [
    ['stream.apiSecret', profile.stream?.apiSecret],
    ['sendbird.apiToken', profile.sendbird?.apiToken],
  ] as const;
}
