import { ALL_OPERATIONS, type Artifact, type Operation, type ProviderName } from './request.ts';

/** What is known of an operation. */
export interface OperationFacts {
  /** Whose it is; a restore at Sendbird, which has none, is told as Stream's. */
  provider: ProviderName;
  /** What leaves a provider changed is sent only after somebody has confirmed it, and looked at afterwards. */
  does: 'export' | 'delete' | 'restore';
  /** What it is called in front of people. */
  label: string;
  /**
   * How many subjects one call takes (docs/providers/stream.md 2.4 and 2.5,
   * docs/providers/sendbird.md 2.1).
   */
  together: number;
  /** What must have ended well before it, where its request has that (docs/spec.md 3). */
  after: readonly Operation[];
  /** What deletes that which it saves. */
  saves: Operation | null;
  /** Which look shows whether it took effect. */
  check: 'user_lookup' | 'feed_data';
  /** What it means that the provider does not know the subject; null: no such account there. */
  unknown: string | null;
  /** Whether what its task says when it is done names each subject. */
  namesSubjects: boolean;
  /**
   * What settles a call that may have arrived (docs/spec.md 4): sending the same once more, a search of
   * the provider's list of tasks, or a look at the account.
   */
  doubt: 'resend' | 'search' | 'look';
  /** The file that it brings. */
  file: ExportFile | null;
}

/** The file of an export: where it stands in its bundle, and how it is read. */
interface ExportFile {
  /** Without extension: that follows the content. */
  path: string;
  /** `zip`: it must be one. Else it decides for a file of a single line: JSON or JSON lines. */
  prefer: Artifact['format'];
  /** Whether to look for Stream's limit of 10,000 messages (its users export). */
  countMessages: boolean;
  /** Whether it may name its lists and have nothing in any of them (Stream's feeds export). */
  mayBeEmpty: boolean;
}

const EXPORT = {
  does: 'export',
  together: 1,
  after: [],
  check: 'user_lookup',
  namesSubjects: false,
} as const;
const DELETE = { does: 'delete', saves: null, file: null } as const;
const EXPORTS = ['export_feeds', 'export_users', 'access'] as const;

/**
 * The one table of operations, in the order of docs/spec.md 3. [U]: whether the feeds export is JSON
 * or JSON lines (docs/providers/stream.md 3); either is taken. Both exports of Stream hold the account
 * itself (its GDPR page: "User data"), so a file without anything is refused; one of feeds that names
 * its lists and has none in them is taken for that of somebody without any.
 */
export const OPERATIONS: Readonly<Record<Operation, OperationFacts>> = {
  export_feeds: {
    ...EXPORT,
    provider: 'stream',
    label: 'feeds',
    saves: 'delete_feeds',
    // docs/spec.md 4: a 404 on a feeds call alone means that there is no feeds data.
    unknown: 'no feeds data: Stream does not know this user in feeds',
    doubt: 'resend',
    file: { path: 'stream/feeds', prefer: 'json', countMessages: false, mayBeEmpty: true },
  },
  export_users: {
    ...EXPORT,
    provider: 'stream',
    label: 'users',
    saves: 'delete_users',
    unknown: null,
    doubt: 'resend',
    file: { path: 'stream/users', prefer: 'jsonl', countMessages: true, mayBeEmpty: false },
  },
  access: {
    ...EXPORT,
    provider: 'sendbird',
    label: 'access',
    saves: 'delete',
    unknown: null,
    doubt: 'search',
    file: { path: 'sendbird/access', prefer: 'zip', countMessages: false, mayBeEmpty: false },
  },
  delete_feeds: {
    ...DELETE,
    provider: 'stream',
    label: 'feed data',
    together: 1,
    after: EXPORTS,
    check: 'feed_data',
    unknown: 'no feed data: Stream does not know this user in feeds',
    namesSubjects: false,
    doubt: 'resend',
  },
  delete_users: {
    ...DELETE,
    provider: 'stream',
    label: 'account',
    together: 100,
    after: [...EXPORTS, 'delete_feeds'],
    check: 'user_lookup',
    unknown: null,
    namesSubjects: true,
    doubt: 'resend',
  },
  delete: {
    ...DELETE,
    provider: 'sendbird',
    label: 'account',
    together: 100,
    after: EXPORTS,
    check: 'user_lookup',
    unknown: null,
    namesSubjects: false,
    doubt: 'search',
  },
  restore_users: {
    provider: 'stream',
    does: 'restore',
    label: 'account',
    together: 100,
    after: [],
    saves: null,
    check: 'user_lookup',
    unknown: null,
    namesSubjects: false,
    doubt: 'look',
    file: null,
  },
};

/** The operations of which this holds, in the order of the table. */
export function operationsOf(
  asked: Partial<Pick<OperationFacts, 'provider' | 'does'>> = {},
): readonly Operation[] {
  return ALL_OPERATIONS.filter((operation) => {
    const { provider, does } = OPERATIONS[operation];
    return provider === (asked.provider ?? provider) && does === (asked.does ?? does);
  });
}

/** Whether it brings a file, and takes nothing away. */
export function isExport(operation: Operation): boolean {
  return OPERATIONS[operation].does === 'export';
}

/** Whether it takes something away from its provider. */
export function isDeletion(operation: Operation): boolean {
  return OPERATIONS[operation].does === 'delete';
}
