import type { Operation, ProviderName } from './request.ts';

/** What goes for one subject a call, and brings a file. */
export const EXPORTS: readonly Operation[] = ['export_feeds', 'export_users', 'access'];

/** What takes something away from a provider. */
export const DELETIONS: readonly Operation[] = ['delete_feeds', 'delete_users', 'delete'];

/** What is sent only after somebody has confirmed it, and looked at afterwards. */
export const CONFIRMED_OPERATIONS: readonly Operation[] = [...DELETIONS, 'restore_users'];

export function isExport(operation: Operation): boolean {
  return EXPORTS.includes(operation);
}

export function isDeletion(operation: Operation): boolean {
  return DELETIONS.includes(operation);
}

export function needsConfirmation(operation: Operation): boolean {
  return CONFIRMED_OPERATIONS.includes(operation);
}

/** Whose operation it is; a restore at Sendbird, which has none, is told as Stream's. */
export function providerOf(operation: Operation): ProviderName {
  return operation === 'access' || operation === 'delete' ? 'sendbird' : 'stream';
}
