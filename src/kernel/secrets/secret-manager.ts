/** A service of the cloud that keeps secrets, and what can go wrong with one of them. */

/** What is asked of one manager. Its SDK is loaded with the first question. */
export interface SecretManager {
  /** The current text of a secret. Raises UnreadableSecret. */
  read(path: string): Promise<string>;
}

/** A secret cannot be had, for a reason that whoever deploys can change: it completes "NAME cannot be read: ". Never has the secret. */
export class UnreadableSecret extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'UnreadableSecret';
  }
}

/** A manager's SDK says much, and not only what may be logged: of its errors the name is told, and the status. */
export function sdkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'the reason is not known';
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? ` (${error.statusCode})` : '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `${code}${status}`;
}
