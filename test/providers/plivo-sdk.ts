/** Plivo's SDK, the oracle of our own calls and signatures: it is for tests alone (ADR 0021). */
import { createRequire } from 'node:module';

interface PlivoSdk {
  readonly Client: new (
    authId: string,
    authToken: string,
    options: { readonly url: string; readonly timeout: number },
  ) => PlivoSdkClient;
  validateV3Signature(
    method: string,
    url: string,
    nonce: string,
    authToken: string,
    signature: string,
    fields: Readonly<Record<string, unknown>>,
  ): boolean;
  validateSignature(url: string, nonce: string, signature: string, authToken: string): boolean;
}

export interface PlivoSdkClient {
  readonly messages: {
    create(
      src: string,
      dst: string,
      text: string,
      options: object,
    ): Promise<{ readonly messageUuid?: readonly string[]; readonly message?: string }>;
    get(uuid: string): Promise<Readonly<Record<string, unknown>>>;
    list(filter: object): Promise<readonly Readonly<Record<string, unknown>>[]>;
  };
}

/** Its types have no classes. */
export const plivoSdk = createRequire(import.meta.url)('plivo') as PlivoSdk;
