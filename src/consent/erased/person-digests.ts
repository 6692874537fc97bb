/**
 * Addresses as keyed hashes, by which a decision outlives the address itself. The key is one for the installation and never changes:
 * nobody could hash again what is no longer there. It is kept under the key ring, so whoever has only a copy of the database cannot try numbers.
 */
import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Database, InstallationSecrets, SecretLost } from '../../kernel/index.js';

const NAME = 'person_digest_key';
const KEY_BYTES = 32;

@Injectable()
export class PersonDigests implements OnModuleInit {
  private readonly logger = new Logger(PersonDigests.name);
  private key: KeyObject | undefined;
  private reason = 'the key of digests is read when the application starts';

  constructor(
    private readonly database: Database,
    private readonly secrets: InstallationSecrets,
  ) {}

  /** Where the key ring lacks what the key is under, and nobody was erased yet, another takes its place; else the service is up, and nobody can be written to. */
  async onModuleInit(): Promise<void> {
    this.secrets.onNewRing('The key of digests', () => this.open());
    await this.open();
  }

  private async open(): Promise<void> {
    try {
      this.hold(await this.secrets.open(NAME, made));
    } catch (error) {
      if (!(error instanceof SecretLost)) throw error;
      if (!(await this.isUsed())) return this.hold(await this.secrets.replace(error, made));
      this.reason = error.message;
      this.logger.error(`Messages wait, as it cannot be told who was erased: ${this.reason}`);
    }
  }

  private hold(key: string): void {
    this.key = createSecretKey(Buffer.from(key, 'base64'));
  }

  /** 32 bytes, the same for an address in every tenant. `address`: normalised. Raises an Error while the key ring lacks the key. */
  of(address: string): Buffer {
    if (!this.key) throw new Error(this.reason);
    return createHmac('sha256', this.key).update(address).digest();
  }

  private async isUsed(): Promise<boolean> {
    return (await this.database.query(`select from kept_decision limit 1`)).length > 0;
  }
}

const made = (): string => randomBytes(KEY_BYTES).toString('base64');
