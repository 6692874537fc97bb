/** Where counted links are: at the public address, or at a tenant's own domain. */
import { Injectable } from '@nestjs/common';
import { PublicUrl } from '../kernel/index.js';
import { LINK_PATH } from './link-policy.js';

@Injectable()
export class LinkBase {
  constructor(private readonly publicUrl: PublicUrl) {}

  /**
   * What links begin with; at a domain by the scheme, the port and the path of the public address, as both lead to the same proxy. Raises
   * PublicUrlUnknown.
   */
  async at(domain: string | null): Promise<string> {
    const url = new URL(`${await this.publicUrl.get()}${LINK_PATH}`);
    if (domain !== null) url.hostname = domain;
    return url.href;
  }

  /** The host to which a domain has to lead. Raises PublicUrlUnknown. */
  async host(): Promise<string> {
    return new URL(await this.publicUrl.get()).hostname;
  }
}
