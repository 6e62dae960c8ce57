import { describe, expect, test } from 'vitest';
import { continues, entityOf } from '../../src/http/resumable-body.ts';

const entity = { etag: '"v1"', total: 100 };
const good = { 'content-range': 'bytes 40-99/100', etag: '"v1"' };

describe('continues', () => {
  test('exactly the rest of the same file', () => {
    expect(continues(good, 40, entity)).toBe(true);
  });

  test.each([
    ['another start', { ...good, 'content-range': 'bytes 41-99/100' }],
    ['the whole again', { ...good, 'content-range': 'bytes 0-99/100' }],
    ['another total', { ...good, 'content-range': 'bytes 40-99/101' }],
    ['no total', { ...good, 'content-range': 'bytes 40-99/*' }],
    ['an end past the total', { ...good, 'content-range': 'bytes 40-100/100' }],
    ['an end before the start', { ...good, 'content-range': 'bytes 40-39/100' }],
    ['another unit', { ...good, 'content-range': 'items 40-99/100' }],
    ['no Content-Range', { etag: '"v1"' }],
    ['no ETag', { 'content-range': 'bytes 40-99/100' }],
    ['another ETag', { ...good, etag: '"v2"' }],
    ['the same ETag, weak', { ...good, etag: 'W/"v1"' }],
    ['several ETags', { ...good, etag: '"v1", "v1"' }],
  ])('not with %s', (_what, headers) => {
    expect(continues(headers, 40, entity)).toBe(false);
  });

  test('never for a file without a strong ETag', () => {
    expect(continues(good, 40, { ...entity, etag: null })).toBe(false);
  });
});

test.each([
  [
    { etag: '"v1"', 'content-length': '100' },
    { etag: '"v1"', total: 100 },
  ],
  [
    { etag: 'W/"v1"', 'content-length': '0' },
    { etag: null, total: 0 },
  ],
  [{ etag: 'v1' }, { etag: null, total: null }],
  [{ 'content-length': '1e3' }, { etag: null, total: null }],
  [{ 'content-length': '-1' }, { etag: null, total: null }],
])('entityOf %j', (headers, expected) => {
  expect(entityOf(headers)).toEqual(expected);
});
