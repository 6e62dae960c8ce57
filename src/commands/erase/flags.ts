import { type Command, InvalidArgumentError } from 'commander';
import {
  CHANNEL_OPTIONS,
  type ChannelOption,
  type DeleteMode,
  type StreamChoice,
} from '../../requests/stream-options.ts';
import { DEFAULT_OUT, taking } from '../shared/flags.ts';

/** What the command line says about how to erase; null where it says nothing. */
export interface EraseFlags {
  mode: DeleteMode | null;
  hard: boolean;
  /** Stream's own options; what is not given is absent. */
  stream: StreamChoice;
  channels: ChannelOption | null;
  exportFirst: boolean;
  acceptPartial: boolean;
  out: string | null;
  maxSubjects: number;
}

const MODES = ['soft', 'pruning', 'hard'] as const;
const MOST_SUBJECTS = 100;

/** Declares the flags of docs/spec.md 2 that only erase has. */
export function declareEraseFlags(command: Command): Command {
  return command
    .optionsGroup('What is deleted, and when:')
    .option('--mode <mode>', "Stream's delete mode: soft (default), pruning or hard", one(MODES))
    .option('--hard', 'the same as --mode hard: the only one that erases (Art. 17)')
    .option('--messages <mode>', "Stream: the person's messages: soft, pruning or hard", one(MODES))
    .option('--conversations <mode>', 'Stream: 1:1 channels, for both: soft or hard', twoModes)
    .option('--calls <mode>', 'Stream: calls of two: soft or hard', twoModes)
    .option('--files', 'Stream: every file that the person uploaded')
    .option('--new-channel-owner <id>', 'Stream: who owns their channels afterwards')
    .option('--new-call-owner <id>', 'Stream: who owns their calls afterwards')
    .option(
      '--channels <which>',
      `Sendbird: group channels that go too: ${CHANNEL_OPTIONS.join(', ')} (default do_not_delete)`,
      one(CHANNEL_OPTIONS),
    )
    .option('--export-first', 'export everything, checked, before anything is deleted')
    .option('--accept-partial-export', 'go on when that export is not whole')
    .option('--out <dir>', `with --export-first: where bundles go (default ./${DEFAULT_OUT})`)
    .option('--max-subjects <n>', 'how many one run may erase (default 100)', parseNumber);
}

/** What commander makes of them. */
interface GivenFlags
  extends
    Partial<Pick<EraseFlags, 'hard' | 'exportFirst' | 'maxSubjects'>>,
    Pick<StreamChoice, 'messages' | 'conversations' | 'calls' | 'files'> {
  mode?: DeleteMode;
  newChannelOwner?: string;
  newCallOwner?: string;
  channels?: ChannelOption;
  acceptPartialExport?: boolean;
  out?: string;
}

/** The flags as the command takes them, from commander's options. */
export function eraseFlags(given: GivenFlags): EraseFlags {
  const { mode = null, hard = false, channels = null, out = null } = given;
  const { exportFirst = false, acceptPartialExport = false, maxSubjects = MOST_SUBJECTS } = given;
  const { messages, conversations, calls, files, newChannelOwner, newCallOwner } = given;
  const owners = { new_channel_owner_id: newChannelOwner, new_call_owner_id: newCallOwner };
  return {
    mode,
    hard,
    stream: { messages, conversations, calls, files, ...owners },
    channels,
    exportFirst,
    acceptPartial: acceptPartialExport,
    out,
    maxSubjects,
  };
}

function one<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return taking(words, (text: string) => {
    const word = words.find((each) => each === text);
    if (word === undefined) throw new InvalidArgumentError(`It is one of: ${words.join(', ')}.`);
    return word;
  });
}

const TWO_MODES = ['soft', 'hard'] as const;

const twoModes = taking(TWO_MODES, (text: string): 'soft' | 'hard' => {
  if (text === 'pruning') {
    throw new InvalidArgumentError('Stream offers pruning for users and messages only.');
  }
  return one(TWO_MODES)(text);
});

function parseNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError('It is a whole number above 0.');
  }
  return Number(text);
}
