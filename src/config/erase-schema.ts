import * as z from 'zod';

const pattern = z.string().refine(compiles, { error: 'must be a regular expression' });
const owner = z.string().min(1, { error: 'must be a user id' });

/** `erase` in a profile: ids that are never erased, and Stream's options in Stream's words. */
export const eraseSchema = z.strictObject({
  protected: z.array(pattern).optional(),
  stream: z
    .strictObject({
      messages: z.enum(['soft', 'pruning', 'hard']).optional(),
      conversations: z.enum(['soft', 'hard']).optional(),
      calls: z.enum(['soft', 'hard']).optional(),
      files: z.boolean().optional(),
      new_channel_owner_id: owner.optional(),
      new_call_owner_id: owner.optional(),
    })
    .optional(),
});

function compiles(source: string): boolean {
  try {
    return new RegExp(source, 'u').unicode;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
