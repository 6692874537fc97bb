/** Secrets of the installation that nobody configures: made by its first process, and kept in the database under the key ring. */
import { Injectable, Logger } from '@nestjs/common';
import { DeploymentFacts } from '../postgres/deployment-facts.js';
import { errorLine } from '../postgres/error-line.js';
import { KeyRing } from './key-ring.js';

/** The key ring lacks the key that a secret is under. */
export class SecretLost extends Error {
  constructor(
    cause: unknown,
    /** The name of the secret, and what the database has of it. */
    readonly secret: string,
    readonly kept: string,
  ) {
    super(cause instanceof Error ? cause.message : `${secret} cannot be read`, { cause });
  }
}

@Injectable()
export class InstallationSecrets {
  private readonly logger = new Logger(InstallationSecrets.name);

  constructor(
    private readonly deployment: DeploymentFacts,
    private readonly ring: KeyRing,
  ) {}

  /**
   * The secret of this name, made if there is none. It is moved under the ring's first key, so that an old one may be removed. Raises SecretLost.
   */
  async open(name: string, make: () => string): Promise<string> {
    const kept = await this.deployment.read(name);
    return this.opened(name, kept ?? (await this.deployment.writeOnce(name, this.ring.encrypt(make(), name))));
  }

  /** Has another take the place of a lost secret, and answers it: one that a process has put there meanwhile stays. Raises SecretLost for such a one. */
  async replace({ secret: name, kept }: SecretLost, make: () => string): Promise<string> {
    return this.opened(name, await this.deployment.replace(name, kept, this.ring.encrypt(make(), name)));
  }

  /** Calls `open` again with each new ring: the secret has to move under it, or can be opened at last. `what` begins the line for one that stays. */
  onNewRing(what: string, open: () => Promise<void>): void {
    this.ring.onReplaced(() => {
      open().catch((error: unknown) => this.logger.warn(`${what} stays under its old key: ${errorLine(error)}`));
    });
  }

  private async opened(name: string, kept: string): Promise<string> {
    const secret = this.decrypted(name, kept);
    if (this.ring.isStale(kept)) await this.deployment.replace(name, kept, this.ring.encrypt(secret, name));
    return secret;
  }

  private decrypted(name: string, kept: string): string {
    try {
      return this.ring.decrypt(kept, name);
    } catch (error) {
      throw new SecretLost(error, name, kept);
    }
  }
}
