/** Parses and validates the JSON of an SES send: one email, or one template to many. */
import { at, listAt, stringAt, stringsAt } from '../../kernel/index.js';
import { attachmentsIn, encodedBytes } from '../attachments.js';
import { bareAddress, EMAIL_BODY_LIMIT, isAddress } from '../mailbox.js';
import type { RecordedAttachment } from '../message-record.js';
import { namedValues, simpleContent, templateContent, templateData, type SesContent } from './ses-content.js';
import { sesRefusal } from './ses-errors.js';

const MAX_RECIPIENTS = 50;
const MAX_ENTRIES = 50;
const TAG = /^[A-Za-z0-9_-]{1,256}$/;
/** The sandbox's own magic recipients: `refuse+account_throttled@…` has that bulk status. */
const REFUSED = /^refuse\+([a-z_]+)@simulator\.amazonses\.com$/i;
/** Refused for a reason that no table lists, with all others in the call. */
const ODD = /^odd(?:\+[^@]*)?@simulator\.amazonses\.com$/i;

export interface SesSend extends SesContent {
  /** As given: `Name <address>` or a bare address. */
  readonly from: string;
  /** Bare addresses of every kind of recipient. */
  readonly recipients: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly replyTo?: string;
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly attachments?: readonly RecordedAttachment[];
  readonly tags: Readonly<Record<string, string>>;
  readonly configurationSet?: string;
}

/** Why one entry of a bulk call was not accepted, in SES's terms. */
export interface SesEntryFailure {
  readonly Status: string;
  readonly Error: string;
}

/** Parses a SendEmail call. Rejects errors with SES's error type. */
export function readSesSend(body: unknown): SesSend {
  const simple = at(body, 'Content', 'Simple');
  const template = at(body, 'Content', 'Template');
  const data = templateData(template, 'TemplateData');
  const tags = namedValues(at(body, 'EmailTags'));
  const recipients = recipientsOf(body);
  if (!simple && !template) throw badRequest('This sandbox takes Content.Simple or Content.Template.');
  if (!data) throw badRequest('TemplateData is not valid JSON.');
  const wrong = faultOf(recipients, tags);
  if (wrong) throw badRequest(wrong);
  const refused = refusedStatus(recipients);
  if (refused) throw sesRefusal('MessageRejected', `Refused as asked: ${refused}`);
  return {
    ...envelopeOf(body),
    ...(simple ? simpleContent(simple) : templateContent(template, data)),
    ...copiesOf(body),
    recipients,
    headers: namedValues(at(simple ?? template, 'Headers')),
    attachments: attachmentsOf(simple ?? template),
    tags,
  };
}

/** Parses a SendBulkEmail call: what to send per entry, or why that entry is not accepted. One illegal address rejects all. */
export function readSesBulk(body: unknown): (SesSend | SesEntryFailure)[] {
  const entries = listAt(body, 'BulkEmailEntries');
  const template = at(body, 'DefaultContent', 'Template');
  const defaults = templateData(template, 'TemplateData');
  if (entries.length === 0) throw badRequest('BulkEmailEntries must not be empty.');
  if (entries.length > MAX_ENTRIES) throw badRequest(`Destination count exceeds ${MAX_ENTRIES}.`);
  if (!defaults) throw badRequest('TemplateData is not valid JSON.');
  const envelope = envelopeOf(body);
  const attachments = attachmentsOf(template);
  const defaultHeaders = namedValues(at(template, 'Headers'));
  const defaultTags = namedValues(at(body, 'DefaultEmailTags'));
  return entries.map((entry) => {
    const recipients = recipientsOf(entry);
    const tags = { ...defaultTags, ...namedValues(at(entry, 'ReplacementTags')) };
    const data = templateData(at(entry, 'ReplacementEmailContent', 'ReplacementTemplate'), 'ReplacementTemplateData');
    const wrong = data ? faultOf(recipients, tags) : 'ReplacementTemplateData is not valid JSON.';
    if (wrong) return { Status: 'INVALID_PARAMETER', Error: wrong };
    const refused = refusedStatus(recipients);
    if (refused) return { Status: refused, Error: 'Refused as asked' };
    return {
      ...envelope,
      ...templateContent(template, { ...defaults, ...data }),
      ...copiesOf(entry),
      attachments,
      recipients,
      headers: { ...defaultHeaders, ...namedValues(at(entry, 'ReplacementHeaders')) },
      tags,
    };
  });
}

function envelopeOf(body: unknown): Pick<SesSend, 'from' | 'replyTo' | 'configurationSet'> {
  const from = stringAt(body, 'FromEmailAddress') ?? '';
  if (!isAddress(bareAddress(from))) throw badRequest('Illegal address in FromEmailAddress');
  const [replyTo] = stringsAt(body, 'ReplyToAddresses');
  return { from, replyTo, configurationSet: stringAt(body, 'ConfigurationSetName') };
}

function copiesOf(value: unknown): Pick<SesSend, 'cc' | 'bcc'> {
  const [cc, bcc] = ['CcAddresses', 'BccAddresses'].map((kind) => stringsAt(value, 'Destination', kind));
  return { ...(cc?.length && { cc }), ...(bcc?.length && { bcc }) };
}

/** SES breaks what is no ASCII unless it is told to encode it as Base64: the sandbox rejects it. */
function attachmentsOf(content: unknown): SesSend['attachments'] {
  const list = listAt(content, 'Attachments');
  if (list.some((each) => stringAt(each, 'ContentTransferEncoding') !== 'BASE64'))
    throw badRequest('This sandbox takes attachments with ContentTransferEncoding BASE64.');
  if (list.some((each) => (stringAt(each, 'ContentType') ?? '').length > 78))
    throw badRequest('ContentType is too long.');
  const names = { content: 'RawContent', name: 'FileName', type: 'ContentType', contentId: 'ContentId' };
  const attachments = attachmentsIn(list, names);
  if (encodedBytes(attachments) > EMAIL_BODY_LIMIT) throw badRequest('Message length exceeds the limit of 40 MB.');
  return attachments;
}

function recipientsOf(value: unknown): string[] {
  const kinds = ['ToAddresses', 'CcAddresses', 'BccAddresses'];
  const recipients = kinds.flatMap((kind) => stringsAt(value, 'Destination', kind)).map(bareAddress);
  if (!recipients.every(isAddress)) throw badRequest('Illegal address');
  if (recipients.some((address) => ODD.test(address)))
    throw sesRefusal('OddException', 'Something that no table lists');
  return recipients;
}

function faultOf(recipients: readonly string[], tags: Readonly<Record<string, string>>): string | undefined {
  if (recipients.length === 0) return 'Recipient addresses are missing.';
  if (recipients.length > MAX_RECIPIENTS) return `Recipient count exceeds ${MAX_RECIPIENTS}.`;
  const valid = Object.entries(tags)
    .flat()
    .every((part) => TAG.test(part));
  return valid ? undefined : 'Invalid email tag: names and values are 1 to 256 letters, digits, _ or -.';
}

function refusedStatus(recipients: readonly string[]): string | undefined {
  const [status] = recipients.flatMap((address) => REFUSED.exec(address)?.[1] ?? []);
  return status?.toUpperCase();
}

const badRequest = (message: string): Error => sesRefusal('BadRequestException', message);
