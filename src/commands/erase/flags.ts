import { type Command, InvalidArgumentError } from 'commander';
import { GdprError } from '../../errors.ts';
import { type ExportTarget, idAt } from '../../requests/plan/plan.ts';
import {
  CHANNEL_OPTIONS,
  type ChannelOption,
  type DeleteMode,
  STREAM_FLAGS,
  type StreamChoice,
  type StreamOptions,
  optionFault,
  ownersOf,
} from '../../requests/stream-options.ts';
import type { SubjectTable } from '../../subjects/subjects.ts';
import { PAGE } from '../run/run.ts';
import {
  DEFAULT_OUT,
  type RequestFlags,
  parseCount,
  requestFlags,
  taking,
  wordOf,
} from '../shared/flags.ts';

/** What the command line says about how to erase; null where it says nothing. */
export interface EraseFlags extends RequestFlags {
  mode: DeleteMode | null;
  hard: boolean;
  /** Stream's own options; what is not given is absent. */
  stream: StreamChoice;
  channels: ChannelOption | null;
  exportFirst: boolean;
  acceptPartialExport: boolean;
  maxSubjects: number;
}

const MODES = ['soft', 'pruning', 'hard'] as const;

/** Declares the flags of docs/spec.md 2 that only erase has. */
export function declareEraseFlags(command: Command): Command {
  return command
    .optionsGroup('What is deleted, and when:')
    .option('--mode <mode>', "Stream's delete mode: soft (default), pruning or hard", wordOf(MODES))
    .option('--hard', 'the same as --mode hard: the only one that erases (Art. 17)')
    .option(
      '--messages <mode>',
      "Stream: the person's messages: soft, pruning or hard",
      wordOf(MODES),
    )
    .option('--conversations <mode>', 'Stream: 1:1 channels, for both: soft or hard', twoModes)
    .option('--calls <mode>', 'Stream: calls of two: soft or hard', twoModes)
    .option('--files', 'Stream: every file that the person uploaded')
    .option('--new-channel-owner <id>', 'Stream: who owns their channels afterwards')
    .option('--new-call-owner <id>', 'Stream: who owns their calls afterwards')
    .option(
      '--channels <which>',
      `Sendbird: group channels that go too: ${CHANNEL_OPTIONS.join(', ')} (default do_not_delete)`,
      wordOf(CHANNEL_OPTIONS),
    )
    .option('--export-first', 'export everything, checked, before anything is deleted')
    .option('--accept-partial-export', 'go on when that export is not whole')
    .option('--out <dir>', `with --export-first: where bundles go (default ./${DEFAULT_OUT})`)
    .option('--max-subjects <n>', 'how many one run may erase (default 100)', (text) =>
      parseCount(text, 9),
    );
}

/** The flags as the command takes them, from commander's options. */
export function eraseFlags(
  users: readonly string[],
  given: Partial<EraseFlags & StreamChoice> & { newChannelOwner?: string; newCallOwner?: string },
): EraseFlags {
  const { messages, conversations, calls, files } = given;
  const { newChannelOwner: new_channel_owner_id, newCallOwner: new_call_owner_id } = given;
  const stream = { messages, conversations, calls, files, new_channel_owner_id, new_call_owner_id };
  return { ...NOTHING_SAID, ...given, ...requestFlags(users, given), stream };
}

const NOTHING_SAID = {
  mode: null,
  hard: false,
  channels: null,
  exportFirst: false,
  acceptPartialExport: false,
  maxSubjects: 100,
} as const;

const TWO_MODES = ['soft', 'hard'] as const;

const twoModes = taking(TWO_MODES, (text: string): 'soft' | 'hard' => {
  if (text === 'pruning') {
    throw new InvalidArgumentError('Stream offers pruning for users and messages only.');
  }
  return wordOf(TWO_MODES)(text);
});

/** Stream's delete mode. Throws GdprError `usage` for flags that contradict or need one another. */
export function modeOf({
  mode,
  hard,
  exportFirst,
  acceptPartialExport,
  out,
}: EraseFlags): DeleteMode {
  if (hard && mode !== null && mode !== 'hard') {
    throw usage(`--hard and --mode ${mode} contradict each other.`, 'Give one of them.');
  }
  const needsExport = [
    ...(acceptPartialExport ? ['--accept-partial-export'] : []),
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
  targets: readonly ExportTarget[],
): { stream: boolean; sendbird: boolean } {
  const names = targets.map(({ provider }) => provider);
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
