/** The key that an installation signs documents with: made by its first process, and kept in the database under the key ring. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InstallationSecrets, SecretLost } from '../config/installation-secrets.js';
import { SigningKeyMissing } from '../errors.js';
import { keyIdOf, publicKeyOf, signedDocument, type Signed } from './signed-document.js';

const NAME = 'document_signing_key';

@Injectable()
export class DocumentSigner implements OnModuleInit {
  private readonly logger = new Logger(DocumentSigner.name);
  private key: KeyObject | undefined;

  constructor(private readonly secrets: InstallationSecrets) {}

  /** The key is never replaced by another: documents that are out could not be verified any more. */
  async onModuleInit(): Promise<void> {
    this.secrets.onNewRing('The signing key', () => this.open());
    await this.open();
  }

  private async open(): Promise<void> {
    try {
      const key = await this.secrets.open(NAME, made);
      this.key = createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' });
    } catch (error) {
      if (!(error instanceof SecretLost)) throw error;
      this.logger.error(`No document is signed: ${error.message}`);
    }
  }

  /** `content` is plain JSON. Raises SigningKeyMissing while the key ring lacks the key. */
  sign<Content extends object>(content: Content): Signed<Content> {
    return signedDocument(content, this.opened());
  }

  /** The public key in PEM, and its id. Raises SigningKeyMissing. */
  publicKey(): { readonly keyId: string; readonly publicKey: string } {
    const publicKey = publicKeyOf(this.opened());
    return { keyId: keyIdOf(publicKey), publicKey };
  }

  private opened(): KeyObject {
    if (!this.key) throw new SigningKeyMissing();
    return this.key;
  }
}

const made = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
