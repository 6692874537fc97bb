/** An account's new credentials are committed: what rested because of the old ones may be tried again. */
export class CredentialsReplaced {
  constructor(readonly accountId: string) {}
}
