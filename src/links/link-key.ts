/** The key that links are made with: one for the deployment, so that every process reads what another has made. */
import { Injectable } from '@nestjs/common';
import { DeploymentFacts } from '../kernel/index.js';

const FACT = 'link_key';

@Injectable()
export class LinkKey {
  private key: Promise<Buffer> | undefined;

  constructor(private readonly facts: DeploymentFacts) {}

  /** Read once; a migration has made it. */
  get(): Promise<Buffer> {
    this.key ??= this.read();
    this.key.catch(() => (this.key = undefined));
    return this.key;
  }

  private async read(): Promise<Buffer> {
    const hex = await this.facts.read(FACT);
    if (hex === undefined) throw new Error('The database has no key for links: migrate it');
    return Buffer.from(hex, 'hex');
  }
}
