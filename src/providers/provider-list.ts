/** The list of plugged-in providers: a new one is an entry here. */
import { plivo } from './plivo/plivo.descriptor.js';
import { resend } from './resend/resend.descriptor.js';
import { sendgrid } from './sendgrid/sendgrid.descriptor.js';
import { ses } from './ses/ses.descriptor.js';
import { twilio } from './twilio/twilio.descriptor.js';

/** In documentation order. Of those that support a channel the first is the default. */
export const DESCRIPTORS = [twilio, plivo, ses, sendgrid, resend] as const;
