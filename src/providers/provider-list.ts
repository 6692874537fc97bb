/** The providers that are plugged in: a new one is a line here. */
import { resend } from './resend/resend.descriptor.js';
import { ses } from './ses/ses.descriptor.js';
import { twilio } from './twilio/twilio.descriptor.js';

/** In the order of the documentation. Of those that carry a channel the first is the usual one. */
export const DESCRIPTORS = [twilio, ses, resend] as const;
