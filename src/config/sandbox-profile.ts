/**
 * What the built-in profile `sandbox` uses and a `gdpr sandbox` on its default port accepts.
 * The values are fixed, public and good for nothing else.
 */
export const SANDBOX = {
  port: 4280,
  stream: { apiKey: 'sandbox-key', apiSecret: 'sandbox-secret-not-a-real-one' },
  sendbird: { applicationId: 'SANDBOX-APP', apiToken: 'sandbox-token-not-a-real-one' },
} as const;
