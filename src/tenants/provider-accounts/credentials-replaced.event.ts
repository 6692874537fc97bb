/** An account's new credentials are committed: lanes stopped by the old ones may be retried. */
export class CredentialsReplaced {
  constructor(readonly accountId: string) {}
}
