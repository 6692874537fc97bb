/** Amazon SES requests: single, or grouped into bulk calls. */
import type {
  Content,
  MessageHeader,
  MessageTag,
  SendBulkEmailCommandInput,
  SendEmailCommandInput,
} from '@aws-sdk/client-sesv2';
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

/** Groups emails that may share a bulk call: same sender, same reply address, same parts, and small enough. */
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
    ]);
    const group = open.get(key);
    if (!fitsTemplate(data)) {
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

export function singleCall({ envelope, content }: EmailEnvelope, configurationSet?: string): SendEmailCommandInput {
  const { subject, html, text } = content;
  const part = (data: string): Content => ({ Data: data, Charset: 'UTF-8' });
  return {
    ...sender(envelope, content, configurationSet),
    Destination: { ToAddresses: [envelope.to] },
    Content: {
      Simple: {
        Subject: part(subject),
        Body: {
          ...(html === undefined ? {} : { Html: part(html) }),
          ...(text === undefined ? {} : { Text: part(text) }),
        },
        Headers: headers(content),
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
export function bulkCall(group: EmailGroup, configurationSet?: string): SendBulkEmailCommandInput {
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

const headers = ({ headers: extra = {} }: EmailContent): MessageHeader[] =>
  Object.entries(extra).map(([Name, Value]) => ({ Name, Value }));
