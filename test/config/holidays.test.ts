import { describe, expect, it } from 'vitest';
import { holidayCheck } from '../../src/config/holidays.ts';
import { failure } from './world.ts';

const rules = (country: string | null, region: string | null = null) => ({
  country,
  region,
  timeZone: 'UTC',
});

describe('holidayCheck', () => {
  it.each<[string | null, string | null, string, boolean]>([
    [null, null, '2026-12-25', false],
    ['DE', null, '2026-12-25', true],
    ['DE', null, '2026-12-24', false],
    ['DE', null, '2026-04-03', true],
    ['DE', null, '2027-03-26', true],
    ['DE', null, '2026-03-08', false],
    ['DE', 'BE', '2026-03-08', true],
    ['DE', 'BY', '2026-01-06', true],
    ['DE', 'BE', '2026-01-06', false],
    ['US', null, '2026-11-26', true],
    // A substitute day: 3 May 2026 is a Sunday.
    ['JP', null, '2026-05-06', true],
    // Several days from sunset on; half a day before them.
    ['TR', null, '2026-03-19', false],
    ['TR', null, '2026-03-20', true],
    ['TR', null, '2026-03-22', true],
    ['TR', null, '2026-03-23', false],
    // Half a day.
    ['CN', null, '2026-03-08', false],
  ])('%s %s %s: %s', async (country, region, day, expected) => {
    expect((await holidayCheck(rules(country, region)))(day)).toBe(expected);
  });

  it('names a country or region that it does not know', async () => {
    const country = await failure(holidayCheck(rules('XX')));
    expect(country).toMatchObject({ fault: 'config', exit: 4 });
    expect(country.message).toContain('deadline.country "XX"');
    const region = await failure(holidayCheck(rules('DE', 'ZZ')));
    expect(region.message).toContain('deadline.region "ZZ"');
    expect((await failure(holidayCheck(rules('AD', 'ZZ')))).message).toContain('"ZZ"');
  });
});
