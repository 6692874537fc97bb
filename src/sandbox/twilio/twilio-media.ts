/** Media that people sent, as Twilio keeps it: the API leads whoever has the credentials to a storage that takes none. */
import { randomBytes } from 'node:crypto';
import type { PeopleMedia, SandboxMedium } from '../people-media.js';
import type { WireAnswer } from '../wire.js';
import { twilioError, twilioRefusal, twilioSid } from './twilio-errors.js';
import { API_VERSION } from './twilio-resources.js';

export class TwilioMedia {
  /** `base`: of Twilio in the sandbox. */
  constructor(
    private readonly media: PeopleMedia,
    private readonly base: string,
  ) {}

  /** The fields of an inbound message that brings these. */
  fieldsOf(accountSid: string, messageSid: string, media: readonly SandboxMedium[]): Record<string, string> {
    const fields = media.map((medium, place) => {
      const path = `/${API_VERSION}/Accounts/${accountSid}/Messages/${messageSid}/Media/${twilioSid('ME')}`;
      this.media.keep(path, medium);
      return { [`MediaUrl${place}`]: this.base + path, [`MediaContentType${place}`]: medium.mediaType };
    });
    return Object.assign({ NumMedia: String(media.length) }, ...fields) as Record<string, string>;
  }

  /** The API's answer: where the bytes are. Rejects with 20404. */
  fetch(accountSid: string, messageSid: string, mediaSid: string): WireAnswer {
    const medium = this.media.find(`/${API_VERSION}/Accounts/${accountSid}/Messages/${messageSid}/Media/${mediaSid}`);
    if (!medium) throw twilioRefusal(20404);
    const key = randomBytes(16).toString('hex');
    this.media.keep(key, medium);
    return { status: 307, headers: { location: `${this.base}/storage/${key}` }, body: '' };
  }

  /** The storage's. As Amazon S3 it takes either the key in the address or an authorization, and refuses both. */
  stored(key: string, authorization: string | undefined): WireAnswer {
    if (authorization !== undefined) {
      const body = '<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>';
      return { status: 400, headers: { 'content-type': 'application/xml' }, body };
    }
    const medium = this.media.find(key);
    if (!medium) return twilioError(20404);
    return { status: 200, headers: { 'content-type': medium.mediaType }, body: medium.content };
  }
}
