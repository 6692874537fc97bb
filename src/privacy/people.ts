/** Reads an address as a person. */
import { Injectable } from '@nestjs/common';
import { normaliseAddress, SenderDirectory } from '../tenants/index.js';
import type { Person } from './person.js';

@Injectable()
export class People {
  constructor(private readonly directory: SenderDirectory) {}

  /** Numbers without a country code are from the tenant's country. Raises InvalidAddress and AmbiguousAddress. */
  async read(tenantId: string, text: string): Promise<Person> {
    const kind = text.includes('@') ? 'email' : 'phone';
    const { country } = await this.directory.tenant(tenantId);
    return { tenantId, kind, address: normaliseAddress(kind, text, country) };
  }
}
