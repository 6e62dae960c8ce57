import { describe, expect, it } from 'vitest';
import { CONFIGURED, setStage } from './stage.ts';

const { STREAM_API_KEY, STREAM_API_SECRET, STREAM_BASE_URL } = CONFIGURED;
const STREAM_ONLY = { STREAM_API_KEY, STREAM_API_SECRET, STREAM_BASE_URL };

describe('not configured', () => {
  it('is exit 4, with a way out, and nothing is made', async () => {
    const stage = setStage({});
    const { code, err } = await stage.gdpr('export', 'ada');
    expect(code).toBe(4);
    expect(err.trimEnd().split('\n').length).toBeGreaterThanOrEqual(2);
    expect(stage.made()).toEqual([]);
  });

  it('is gdpr-error/1 with --json', async () => {
    const { error } = await setStage({}).gdpr('--json', 'export', 'ada');
    expect(error()).toMatchObject({ schema: 'gdpr-error/1', code: 'config', exit: 4 });
  });

  it('a provider that the profile does not have is exit 4', async () => {
    const stage = setStage(STREAM_ONLY);
    const { code, err } = await stage.gdpr('export', 'ada', '--provider', 'sendbird');
    expect(code).toBe(4);
    expect(err).toContain('does not configure sendbird');
    expect(stage.made()).toEqual([]);
  });

  it("asks what one provider's ids must be like of that provider only", async () => {
    const long = 'a'.repeat(100);
    expect((await setStage(STREAM_ONLY).gdpr('export', long, '--dry-run')).code).toBe(0);
    const both = await setStage().gdpr('export', long, '--provider', 'stream', '--dry-run');
    expect(both.code).toBe(0);
  });
});
