import { readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';

/** An answer as it was recorded. `value`: its JSON, where it is some. */
export interface Recorded {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
  value: unknown;
}

const Fixture = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  text: z.string().optional(),
});

/** The recorded answers of a provider. */
export function recordedAnswers(provider: 'stream' | 'sendbird'): [Recorded, ...Recorded[]] {
  const folder = new URL(`../../fixtures/providers/${provider}/`, import.meta.url);
  const [first, ...others] = readdirSync(folder)
    .toSorted()
    .map((name): Recorded => {
      const { status, headers, body, text } = Fixture.parse(
        JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
      );
      return { status, headers, text: text ?? JSON.stringify(body), value: body };
    });
  if (first === undefined) throw new Error(`no answers of ${provider} are recorded`);
  return [first, ...others];
}
