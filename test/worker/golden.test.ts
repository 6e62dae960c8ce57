import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/requests/request.ts';
import { goldenTable } from './golden.ts';

const ALL: readonly Operation[] = [
  'export_feeds',
  'export_users',
  'access',
  'delete_feeds',
  'delete_users',
  'delete',
  'restore_users',
];

describe('what each answer makes of each step', () => {
  it.for(ALL)('%s', async (operation) => {
    await expect(await goldenTable(operation)).toMatchFileSnapshot(`golden/${operation}.txt`);
  });
});
