import { GdprError } from '../../errors.ts';
import { idAt } from '../../requests/plan/plan.ts';
import type { ProviderName } from '../../requests/request.ts';
import {
  type DeleteMode,
  STREAM_FLAGS,
  type StreamOptions,
  optionFault,
  ownersOf,
} from '../../requests/stream-options.ts';
import type { SubjectTable } from '../../subjects/subjects.ts';
import { PAGE } from '../run/subjects.ts';
import type { EraseFlags } from './flags.ts';

/** Stream's delete mode. Throws GdprError `usage` for flags that contradict or need one another. */
export function modeOf({ mode, hard, exportFirst, acceptPartial, out }: EraseFlags): DeleteMode {
  if (hard && mode !== null && mode !== 'hard') {
    throw usage(`--hard and --mode ${mode} contradict each other.`, 'Give one of them.');
  }
  const needsExport = [
    ...(acceptPartial ? ['--accept-partial-export'] : []),
    ...(out === null ? [] : ['--out']),
  ];
  if (needsExport.length > 0 && !exportFirst) {
    throw usage(
      `${needsExport.join(' and ')} has no effect without --export-first.`,
      'Add --export-first, or leave it out.',
    );
  }
  return hard ? 'hard' : (mode ?? 'soft');
}

/**
 * Throws GdprError `usage` for flags that would have no effect: those of a provider that is not
 * asked. Sendbird alone takes `--hard`, which promises no more than it does, and no softer mode.
 */
export function checkEffect(
  flags: EraseFlags,
  asked: { stream: boolean; sendbird: boolean },
): void {
  if (!asked.stream) {
    const idle = streamFlagsOf(flags);
    const isSofter = flags.mode !== null && flags.mode !== 'hard';
    if (isSofter) {
      throw usage(
        `--mode ${flags.mode} is a mode of Stream, and only Sendbird is asked: a deletion there is permanent, whatever the mode.`,
        'Leave --mode out if that is what you want.',
      );
    }
    if (idle.length > 0) throw withoutEffect(idle, 'Stream');
  }
  if (!asked.sendbird && flags.channels !== null) throw withoutEffect(['--channels'], 'Sendbird');
}

function streamFlagsOf({ stream }: EraseFlags): string[] {
  return STREAM_FLAGS.flatMap(([option, flag]) => (stream[option] === undefined ? [] : [flag]));
}

function withoutEffect(flags: readonly string[], provider: string): GdprError {
  const verb = flags.length === 1 ? 'has' : 'have';
  return usage(
    `${flags.join(', ')} ${verb} no effect here: ${provider} is not asked.`,
    `Leave ${flags.length === 1 ? 'it' : 'them'} out, or ask ${provider} as well.`,
  );
}

function usage(message: string, next: string): GdprError {
  return new GdprError('usage', message, { next: `Nothing was sent. ${next}` });
}

/** Which providers are asked about anybody. */
export function askedOf(
  subjectTable: SubjectTable,
  names: readonly ProviderName[],
): { stream: boolean; sendbird: boolean } {
  const asked = { stream: false, sendbird: false };
  for (const rows of subjectTable.pages(PAGE)) {
    for (const name of names)
      asked[name] ||= rows.some(({ subject }) => idAt(subject, name) !== null);
    if (names.every((name) => asked[name])) break;
  }
  return asked;
}

/** Throws GdprError `usage` for options that Stream would reject, or that would have no effect. */
export function checkOptions(options: StreamOptions, subjectTable: SubjectTable): void {
  const owners = new Set(ownersOf(options).map(([, id]) => id));
  const heirs: string[] = [];
  for (const rows of owners.size === 0 ? [] : subjectTable.pages(PAGE)) {
    const ids = rows.flatMap(({ subject: { streamId } }) => streamId ?? []);
    heirs.push(...ids.filter((id) => owners.has(id)));
  }
  const fault = optionFault(options, heirs);
  if (fault !== null) throw new GdprError('usage', fault.message, { next: fault.next });
}
