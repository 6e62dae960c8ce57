import * as z from 'zod';

const SHARE_RULE = 'must be a number above 0 and at most 1';
const OUTSTANDING_RULE = 'must be a whole number from 1 to 100000';
const START_RULE = 'must be a whole number of at least 1';

const start = z.int({ error: START_RULE }).min(1, { error: START_RULE });

/** `rate` in a profile: how fast the providers are called. */
export const rateSchema = z.strictObject({
  share: z
    .number({ error: SHARE_RULE })
    .gt(0, { error: SHARE_RULE })
    .max(1, { error: SHARE_RULE })
    .optional(),
  outstanding: z
    .int({ error: OUTSTANDING_RULE })
    .min(1, { error: OUTSTANDING_RULE })
    .max(100_000, { error: OUTSTANDING_RULE })
    .optional(),
  start: z.strictObject({ stream: start.optional(), sendbird: start.optional() }).optional(),
});
