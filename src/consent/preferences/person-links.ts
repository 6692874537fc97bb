/** Links that a person gets in a message: to leave marketing, and to say what they want to get. */
import { Injectable } from '@nestjs/common';
import { KeyRing, PublicUrl } from '../../kernel/index.js';
import type { MailHeader } from '../../providers/index.js';
import { consentChannel, VenueProfiles, type Channel } from '../../tenants/index.js';
import { sealed, unsealed, type LinkedPerson, type LinkKeys } from './person-token.js';

/** A message to a person. */
export interface Addressed {
  readonly messageId: string;
  readonly venueId: string;
  readonly channel: Channel;
  /** Normalised. */
  readonly recipient: string;
}

/** Variables of templates, by their names there. */
export interface LinkVariables {
  readonly unsubscribe_url: string;
  readonly preferences_url: string;
}

@Injectable()
export class PersonLinks {
  constructor(
    private readonly ring: KeyRing,
    private readonly publicUrl: PublicUrl,
    private readonly venues: VenueProfiles,
  ) {}

  /** The same for the same message. Raises PublicUrlUnknown. */
  async of(message: Addressed): Promise<LinkVariables> {
    const url = await this.urlOf(message);
    return { unsubscribe_url: url, preferences_url: `${url}#preferences` };
  }

  /**
   * The headers by which mail programs offer to leave marketing (RFC 2369), with one click (RFC 8058). Raises PublicUrlUnknown.
   */
  async headersOf(message: Addressed): Promise<readonly MailHeader[]> {
    const url = await this.urlOf(message);
    const { unsubscribeEmail } = await this.venues.of(message.venueId);
    const mail = unsubscribeEmail === null ? '' : `, <mailto:${encodeURI(unsubscribeEmail)}?subject=unsubscribe>`;
    return [
      { name: 'List-Unsubscribe', value: `<${url}>${mail}` },
      { name: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
    ];
  }

  /** The page on which a person confirms that they want to be written to; `requestId`: what asks them. Raises PublicUrlUnknown. */
  confirmUrl(person: Pick<LinkedPerson, 'venueId' | 'channel' | 'address'>, requestId: string): Promise<string> {
    return this.url('/u/confirm', { ...person, purpose: 'opt-in', subjectId: requestId });
  }

  /** Whom a link's token is of; undefined for one that is none of ours, or for something else. */
  read(token: string, purpose: LinkedPerson['purpose']): LinkedPerson | undefined {
    const person = unsealed(token, this.keys);
    return person?.purpose === purpose ? person : undefined;
  }

  private get keys(): readonly LinkKeys[] {
    const ciphers = this.ring.derive('cipher of links');
    return this.ring.derive('code of links').flatMap((code, index) => {
      const cipher = ciphers[index];
      return cipher ? [{ code, cipher }] : [];
    });
  }

  private urlOf({ messageId, venueId, channel, recipient }: Addressed): Promise<string> {
    return this.url('/u', {
      purpose: 'preferences',
      venueId,
      channel: consentChannel(channel),
      address: recipient,
      subjectId: messageId,
    });
  }

  private async url(path: string, person: LinkedPerson): Promise<string> {
    const [key] = this.keys;
    if (!key) throw new Error('A key ring has a key');
    return `${await this.publicUrl.get()}${path}/${sealed(person, key)}`;
  }
}
