/** The vendors that the sandbox stands for. */
export type Provider = 'stream' | 'sendbird';
