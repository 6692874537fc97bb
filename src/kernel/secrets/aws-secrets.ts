/** AWS Secrets Manager, by its SDK, which finds its own credentials: a role, a profile, the environment. */
import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import type { Environment } from '../config/config.js';
import { sdkReason, UnreadableSecret, type SecretManager } from './secret-manager.js';

const TIMEOUT_MS = 5_000;
const ARN_REGION = /^arn:[\w-]+:secretsmanager:([\w-]+):/;

export class AwsSecrets implements SecretManager {
  /** `client`: what the SDK does not find by itself. */
  constructor(
    private readonly env: Environment,
    private readonly client: SecretsManagerClientConfig = {},
  ) {}

  /** `path`: a secret's name or ARN. Its current version; a binary one is refused. */
  async read(path: string): Promise<string> {
    const [, ofArn] = ARN_REGION.exec(path) ?? [];
    const region = ofArn ?? (this.env['AWS_REGION']?.trim() || undefined);
    if (region === undefined) throw new UnreadableSecret('set AWS_REGION, or name the secret by its ARN');
    const { SecretsManagerClient, GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
    const endpoint = this.env['AWS_ENDPOINT_URL_SECRETS_MANAGER']?.trim() || undefined;
    const client = new SecretsManagerClient({
      region,
      ...(endpoint !== undefined && { endpoint }),
      requestHandler: { requestTimeout: TIMEOUT_MS, connectionTimeout: TIMEOUT_MS, throwOnRequestTimeout: true },
      ...this.client,
    });
    try {
      const { SecretString: secret } = await client.send(new GetSecretValueCommand({ SecretId: path }));
      if (secret === undefined) throw new UnreadableSecret('the secret is binary: store it as text');
      return secret;
    } catch (error) {
      if (error instanceof UnreadableSecret) throw error;
      throw new UnreadableSecret(`AWS Secrets Manager answers ${sdkReason(error)}`, { cause: error });
    } finally {
      client.destroy();
    }
  }
}
