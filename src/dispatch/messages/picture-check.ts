/** An MMS whose pictures its provider would not take goes out as a text with links. */
import { Injectable } from '@nestjs/common';
import { descriptorOf, takesPictures, type Content } from '../../providers/index.js';
import type { Rendered } from '../../templates/index.js';
import type { ProviderName } from '../../tenants/index.js';
import { segmentsOf, textOf } from './message-limits.js';
import { MessageTooLong } from './messages.errors.js';
import { PictureInspector } from './picture-inspector.js';
import { withLinks } from './pictures.js';

export interface TextWithLinks {
  readonly content: Rendered;
  readonly segments: number;
}

@Injectable()
export class PictureCheck {
  constructor(private readonly inspector: PictureInspector) {}

  /**
   * The SMS to send in place of an MMS, if the provider is known not to take one of its pictures, by type or size. Undefined for
   * one that goes as it is, and is left to the carrier where its hosts say nothing or the text would be too long with its links.
   * Waits for the pictures' hosts, for seconds at most.
   */
  async textInstead(tenantId: string, provider: ProviderName, mms: Content): Promise<TextWithLinks | undefined> {
    const { pictureRules } = descriptorOf(provider);
    if (!pictureRules || mms.kind !== 'text' || !mms.mediaUrls) return undefined;
    const pictures = await Promise.all(mms.mediaUrls.map((url) => this.inspector.inspect(tenantId, url)));
    return takesPictures(pictureRules, pictures) ? undefined : linked(withLinks('sms', mms));
  }
}

function linked(content: Rendered): TextWithLinks | undefined {
  try {
    return { content, segments: segmentsOf('sms', textOf(content)) };
  } catch (error) {
    if (error instanceof MessageTooLong) return undefined;
    throw error;
  }
}
