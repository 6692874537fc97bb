/** The list of src/providers as it is once the toy is plugged in: a line longer. */
import { resend } from '../../../src/providers/resend/resend.descriptor.js';
import { ses } from '../../../src/providers/ses/ses.descriptor.js';
import { twilio } from '../../../src/providers/twilio/twilio.descriptor.js';
import { pigeon } from './pigeon.descriptor.js';

export const DESCRIPTORS = [twilio, ses, resend, pigeon] as const;
