/** Azure Key Vault, by its SDK, which finds its own credentials: a managed or workload identity, the environment. */
import type { TokenCredential } from '@azure/identity';
import type { SecretClientOptions } from '@azure/keyvault-secrets';
import { sdkReason, UnreadableSecret, type SecretManager } from './secret-manager.js';

const TIMEOUT_MS = 10_000;
/** A vault by its name, or by its host: those of other clouds, and of managed HSMs, end otherwise. */
const PATH = /^([a-z\d][a-z\d.:-]*)\/([a-z\d-]{1,127})$/i;
const PUBLIC_CLOUD = 'vault.azure.net';

/** How a vault is reached where that is not the SDK's own way. */
export interface VaultOptions {
  readonly credential?: TokenCredential;
  readonly client?: SecretClientOptions;
}

export class AzureKeyVault implements SecretManager {
  private credential: Promise<TokenCredential> | undefined;

  constructor(private readonly options: VaultOptions = {}) {}

  /** `path`: `vault/name`. The current version of the secret. */
  async read(path: string): Promise<string> {
    const [, vault = '', name] = PATH.exec(path) ?? [];
    if (name === undefined) {
      throw new UnreadableSecret('write azure-keyvault://vault/name, where the name has letters, digits and - only');
    }
    const host = /[.:]/.test(vault) ? vault : `${vault}.${PUBLIC_CLOUD}`;
    const { SecretClient } = await import('@azure/keyvault-secrets');
    try {
      this.credential ??= this.findCredential();
      const client = new SecretClient(`https://${host}`, await this.credential, this.options.client);
      const { value } = await client.getSecret(name, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
      if (value === undefined) throw new UnreadableSecret('the secret has no value');
      return value;
    } catch (error) {
      if (error instanceof UnreadableSecret) throw error;
      throw new UnreadableSecret(`Azure Key Vault answers ${sdkReason(error)}`, { cause: error });
    }
  }

  /** Kept: it renews its tokens by itself. */
  private async findCredential(): Promise<TokenCredential> {
    if (this.options.credential) return this.options.credential;
    const { DefaultAzureCredential } = await import('@azure/identity');
    return new DefaultAzureCredential();
  }
}
