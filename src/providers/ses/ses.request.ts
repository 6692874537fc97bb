/** Amazon SES requests: single, or grouped into bulk calls. */
import type {
  Attachment,
  Content,
  Destination,
  MessageHeader,
  MessageTag,
  SendBulkEmailCommandInput,
  SendEmailCommandInput,
} from '@aws-sdk/client-sesv2';
import { carriedBy, hasCopies, type LoadedAttachment } from '../mail/load-attachments.js';
import { callTags } from '../call-tags.js';
import type { EmailGroup, EmailEnvelope } from '../email-envelope.js';
import type { EmailContent, Envelope } from '../provider.port.js';
import { mailbox } from '../mailbox.js';

/** Longest `ReplacementTemplateData` (SES API reference v2, ReplacementTemplate). */
const MAX_TEMPLATE_DATA = 262_144;
/** SES takes 1 MB of JSON with an inline template (developer guide, "Using templates"); the rest is for escaping and headers. */
const MAX_CALL_BYTES = 750_000;

interface OpenGroup {
  readonly emails: [EmailEnvelope, ...EmailEnvelope[]];
  bytes: number;
}

/** Groups emails that may share a bulk call: same sender, same reply address, same parts, same attachments, no copies, and small enough. */
export function groupEmails(emails: readonly EmailEnvelope[]): EmailGroup[] {
  const groups: EmailGroup[] = [];
  const open = new Map<string, OpenGroup>();
  for (const email of emails) {
    const { envelope, content } = email;
    const data = templateData(content);
    const bytes = Buffer.byteLength(data);
    const key = JSON.stringify([
      envelope.from,
      envelope.fromName,
      content.replyTo,
      content.html === undefined,
      content.text === undefined,
      carriedBy(content),
    ]);
    const group = open.get(key);
    if (!fitsTemplate(data) || hasCopies(content)) {
      groups.push([email]);
    } else if (group && group.bytes + bytes <= MAX_CALL_BYTES) {
      group.emails.push(email);
      group.bytes += bytes;
    } else {
      const fresh: OpenGroup = { emails: [email], bytes };
      open.set(key, fresh);
      groups.push(fresh.emails);
    }
  }
  return groups;
}

/** It is not documented whether SES expands variables in inserted values: our own braces are kept out of its template. */
const fitsTemplate = (data: string): boolean => data.length <= MAX_TEMPLATE_DATA && !data.includes('{{');

const templateData = ({ subject, html, text }: EmailContent): string => JSON.stringify({ subject, html, text });

export function singleCall(
  { envelope, content }: EmailEnvelope,
  attachments: readonly LoadedAttachment[],
  configurationSet?: string,
): SendEmailCommandInput {
  const { subject, html, text } = content;
  const part = (data: string): Content => ({ Data: data, Charset: 'UTF-8' });
  return {
    ...sender(envelope, content, configurationSet),
    Destination: destination(envelope, content),
    Content: {
      Simple: {
        Subject: part(subject),
        Body: {
          ...(html === undefined ? {} : { Html: part(html) }),
          ...(text === undefined ? {} : { Text: part(text) }),
        },
        Headers: headers(content),
        ...carried(attachments),
      },
    },
    EmailTags: tags(envelope),
  };
}

/**
 * One bulk call for emails of one group. The template consists only of variables and each entry brings its rendered parts: SES
 * does not escape HTML inserted into a template (developer guide, "Advanced email personalization"), so our rendering arrives
 * unchanged.
 */
export function bulkCall(
  group: EmailGroup,
  attachments: readonly LoadedAttachment[],
  configurationSet?: string,
): SendBulkEmailCommandInput {
  const [{ envelope, content }] = group;
  return {
    ...sender(envelope, content, configurationSet),
    DefaultContent: {
      Template: {
        TemplateContent: {
          Subject: '{{subject}}',
          ...(content.html === undefined ? {} : { Html: '{{html}}' }),
          ...(content.text === undefined ? {} : { Text: '{{text}}' }),
        },
        TemplateData: '{}',
        ...carried(attachments),
      },
    },
    BulkEmailEntries: group.map((email) => ({
      Destination: { ToAddresses: [email.envelope.to] },
      ReplacementTags: tags(email.envelope),
      ReplacementHeaders: headers(email.content),
      ReplacementEmailContent: {
        ReplacementTemplate: { ReplacementTemplateData: templateData(email.content) },
      },
    })),
  };
}

function sender(
  { from, fromName }: Envelope,
  { replyTo }: EmailContent,
  configurationSet?: string,
): Pick<SendEmailCommandInput, 'FromEmailAddress' | 'ReplyToAddresses' | 'ConfigurationSetName'> {
  return {
    FromEmailAddress: mailbox(from, fromName),
    ...(replyTo === undefined ? {} : { ReplyToAddresses: [replyTo] }),
    ...(configurationSet ? { ConfigurationSetName: configurationSet } : {}),
  };
}

/** Events come back with these tags: `mid` identifies our row. */
const tags = (envelope: Envelope): MessageTag[] => [
  { Name: 'mid', Value: envelope.messageId },
  ...Object.entries(callTags(envelope)).map(([Name, Value]) => ({ Name, Value })),
];

const headers = ({ headers: extra = [] }: EmailContent): MessageHeader[] =>
  extra.map(({ name, value }) => ({ Name: name, Value: value }));

const destination = ({ to }: Envelope, { cc, bcc }: EmailContent): Destination => ({
  ToAddresses: [to],
  ...(cc && { CcAddresses: [...cc] }),
  ...(bcc && { BccAddresses: [...bcc] }),
});

/** SES encodes an attachment as `SEVEN_BIT` if it is not told otherwise, which breaks all that is not ASCII. */
const carried = (attachments: readonly LoadedAttachment[]): { Attachments?: Attachment[] } =>
  attachments.length === 0
    ? {}
    : {
        Attachments: attachments.map(({ name, mediaType, method, contentId, content }) => ({
          FileName: name,
          ContentType: method === undefined ? mediaType : `${mediaType}; charset=utf-8; method=${method}`,
          ContentTransferEncoding: 'BASE64',
          RawContent: content,
          ...(contentId === undefined
            ? { ContentDisposition: 'ATTACHMENT' }
            : { ContentDisposition: 'INLINE', ContentId: contentId }),
        })),
      };
