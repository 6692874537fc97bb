/** Envelopes as Amazon SES takes them: alone, or grouped into bulk calls. */
import type {
  Content,
  MessageHeader,
  MessageTag,
  SendBulkEmailCommandInput,
  SendEmailCommandInput,
} from '@aws-sdk/client-sesv2';
import type { Group, Letter } from '../letters.js';
import type { EmailContent, Envelope } from '../provider.port.js';
import { mailbox } from '../mailbox.js';

/** Longest `ReplacementTemplateData` (SES API reference v2, ReplacementTemplate). */
const MAX_TEMPLATE_DATA = 262_144;
/** SES takes 1 MB of JSON with an inline template (developer guide, "Using templates"); the rest is escaping and headers. */
const MAX_CALL_BYTES = 750_000;

interface OpenGroup {
  readonly letters: [Letter, ...Letter[]];
  bytes: number;
}

/** Puts letters that may share a bulk call together: same sender, same reply address, same parts, and small enough. */
export function groupLetters(letters: readonly Letter[]): Group[] {
  const groups: Group[] = [];
  const open = new Map<string, OpenGroup>();
  for (const letter of letters) {
    const { envelope, content } = letter;
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
      groups.push([letter]);
    } else if (group && group.bytes + bytes <= MAX_CALL_BYTES) {
      group.letters.push(letter);
      group.bytes += bytes;
    } else {
      const fresh: OpenGroup = { letters: [letter], bytes };
      open.set(key, fresh);
      groups.push(fresh.letters);
    }
  }
  return groups;
}

/** Whether SES looks for variables in what it has put in is not documented: braces of our own never meet its template. */
const fitsTemplate = (data: string): boolean => data.length <= MAX_TEMPLATE_DATA && !data.includes('{{');

const templateData = ({ subject, html, text }: EmailContent): string => JSON.stringify({ subject, html, text });

export function singleCall({ envelope, content }: Letter, configurationSet?: string): SendEmailCommandInput {
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
 * One bulk call for letters of one group. The template is nothing but variables and each entry brings its finished parts:
 * SES does not escape HTML in what it puts into a template (developer guide, "Advanced email personalization"), so what
 * we rendered arrives as it is.
 */
export function bulkCall(group: Group, configurationSet?: string): SendBulkEmailCommandInput {
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
    BulkEmailEntries: group.map((letter) => ({
      Destination: { ToAddresses: [letter.envelope.to] },
      ReplacementTags: tags(letter.envelope),
      ReplacementHeaders: headers(letter.content),
      ReplacementEmailContent: {
        ReplacementTemplate: { ReplacementTemplateData: templateData(letter.content) },
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

/** The events of the message come back with these: `mid` is how they find our row. */
const tags = ({ messageId, tenantId }: Envelope): MessageTag[] => [
  { Name: 'mid', Value: messageId },
  { Name: 'tenant', Value: tenantId },
];

const headers = ({ headers: extra = {} }: EmailContent): MessageHeader[] =>
  Object.entries(extra).map(([Name, Value]) => ({ Name, Value }));
