/** Credentials of one provider account, decrypted; they live only in memory. */
export interface ProviderAccount {
  /** Ours; adapters cache their clients by it. A changed credential comes with a changed `version`. */
  readonly id: string;
  readonly version: number;
  readonly credentials: Readonly<Record<string, string>>;
}
