/** Decrypted credentials of one provider account; only in memory. */
export interface ProviderAccount {
  /** Our id; adapters cache their clients by it. A changed credential comes with a changed `version`. */
  readonly id: string;
  readonly version: number;
  readonly credentials: Readonly<Record<string, string>>;
}
