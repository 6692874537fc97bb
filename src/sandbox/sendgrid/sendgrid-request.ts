/** Parses and validates the JSON of a call to send mail. */
import { at, listAt, stringAt } from '../../kernel/index.js';
import { attachmentsIn } from '../attachments.js';
import { isAddress } from '../mailbox.js';
import type { RecordedAttachment } from '../message-record.js';
import { sendGridRefusal, type SendGridProblem } from './sendgrid-errors.js';

const MAX_PERSONALIZATIONS = 1_000;
const MAX_SUBSTITUTIONS = 10_000;
/** The sandbox's own: refused for a reason that no table lists. */
const ODD = /^odd(?:\+[^@]*)?@sandbox\.sendgrid\.test$/i;

/** A type may have a method, and no other parameter. */
const ATTACHMENT_TYPE = /^[\w.+-]+\/[\w.+-]+(;\s*method=\w+)?$/;

/** One recipient's email, with its substitutions made. */
export interface SendGridEmail {
  readonly to: string;
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly customArgs: Readonly<Record<string, string>>;
}

export interface SendGridMail {
  readonly from: string;
  readonly replyTo?: string;
  readonly attachments?: readonly RecordedAttachment[];
  readonly categories: readonly string[];
  readonly emails: readonly SendGridEmail[];
}

/** Rejects a call with all that is wrong with it. */
export function readMail(body: unknown): SendGridMail {
  const from = stringAt(body, 'from', 'email') ?? '';
  const contents = listAt(body, 'content');
  const personalizations = listAt(body, 'personalizations');
  const problems = [
    ...(isAddress(from) ? [] : [{ field: 'from.email', message: 'The from email does not contain a valid address.' }]),
    ...contentProblems(contents),
    ...countProblems(personalizations),
    ...personalizations.flatMap((each, index) => personalizationProblems(each, index, stringAt(body, 'subject'))),
    ...duplicates(personalizations),
    ...attachmentProblems(listAt(body, 'attachments')),
  ];
  if (personalizations.some((each) => ODD.test(addressOf(each)))) {
    throw sendGridRefusal(418, [{ message: 'Something that no table lists' }]);
  }
  if (problems.length > 0) throw sendGridRefusal(400, problems);
  const names = { content: 'content', name: 'filename', type: 'type', contentId: 'content_id' };
  return {
    from,
    replyTo: stringAt(body, 'reply_to', 'email'),
    attachments: attachmentsIn(at(body, 'attachments'), names),
    categories: listAt(body, 'categories').map(String),
    emails: personalizations.map((each) => emailOf(body, contents, each)),
  };
}

function emailOf(body: unknown, contents: readonly unknown[], personalization: unknown): SendGridEmail {
  const replaced = substituting(textsAt(personalization, 'substitutions'));
  const part = (type: string): string | undefined => {
    const content = contents.find((each) => stringAt(each, 'type') === type);
    return content === undefined ? undefined : replaced(stringAt(content, 'value') ?? '');
  };
  return {
    to: addressOf(personalization),
    ...copiesIn(personalization),
    subject: replaced(stringAt(personalization, 'subject') ?? stringAt(body, 'subject') ?? ''),
    text: part('text/plain'),
    html: part('text/html'),
    headers: { ...textsAt(body, 'headers'), ...textsAt(personalization, 'headers') },
    customArgs: { ...textsAt(body, 'custom_args'), ...textsAt(personalization, 'custom_args') },
  };
}

function copiesIn(personalization: unknown): Pick<SendGridEmail, 'cc' | 'bcc'> {
  const [cc, bcc] = ['cc', 'bcc'].map((kind) =>
    listAt(personalization, kind).map((each) => stringAt(each, 'email') ?? ''),
  );
  return { ...(cc?.length && { cc }), ...(bcc?.length && { bcc }) };
}

function attachmentProblems(attachments: readonly unknown[]): SendGridProblem[] {
  return attachments.flatMap((each, index) =>
    ATTACHMENT_TYPE.test(stringAt(each, 'type') ?? '')
      ? []
      : [
          {
            field: `attachments.${index}.type`,
            message: "The attachment type cannot contain ';', or CRLF characters.",
          },
        ],
  );
}

/** Puts the values in the place of their keys. */
function substituting(values: Readonly<Record<string, string>>): (text: string) => string {
  const entries = Object.entries(values);
  return (text) => entries.reduce((made, [key, value]) => made.replaceAll(key, () => value), text);
}

function contentProblems(contents: readonly unknown[]): SendGridProblem[] {
  if (contents.length === 0) {
    return [
      { field: 'content', message: 'Unless a valid template_id is provided, the content parameter is required.' },
    ];
  }
  return contents.flatMap((each, index) =>
    (stringAt(each, 'value') ?? '') === ''
      ? [
          {
            field: `content.${index}.value`,
            message: 'The content value must be a string at least one character in length.',
          },
        ]
      : [],
  );
}

function countProblems({ length }: readonly unknown[]): SendGridProblem[] {
  if (length > 0 && length <= MAX_PERSONALIZATIONS) return [];
  const message = `There are a minimum of 1 and a maximum of ${MAX_PERSONALIZATIONS} personalizations.`;
  return [{ field: 'personalizations', message }];
}

function personalizationProblems(personalization: unknown, index: number, subject = ''): SendGridProblem[] {
  const place = `personalizations.${index}`;
  const substitutions = Buffer.byteLength(Object.entries(textsAt(personalization, 'substitutions')).flat().join(''));
  const args = Object.values(at(personalization, 'custom_args') ?? {});
  return [
    ...(isAddress(addressOf(personalization))
      ? []
      : [{ field: `${place}.to.0.email`, message: 'Does not contain a valid address.' }]),
    ...((stringAt(personalization, 'subject') ?? subject) === ''
      ? [{ field: `${place}.subject`, message: 'The subject is required.' }]
      : []),
    ...(substitutions > MAX_SUBSTITUTIONS
      ? [{ field: `${place}.substitutions`, message: 'The substitutions are more than 10,000 bytes.' }]
      : []),
    ...(args.every((value) => typeof value === 'string')
      ? []
      : [{ field: `${place}.custom_args`, message: 'The custom_args values must be strings.' }]),
  ];
}

function duplicates(personalizations: readonly unknown[]): SendGridProblem[] {
  const seen = new Set<string>();
  return personalizations.flatMap((each, index) => {
    const { cc = [], bcc = [] } = copiesIn(each);
    const addresses = [addressOf(each), ...cc, ...bcc].map((address) => address.toLowerCase());
    const isNew = new Set(addresses).size === addresses.length && !addresses.some((address) => seen.has(address));
    for (const address of addresses) seen.add(address);
    const message = 'Each email address in the personalization block should be unique between to, cc, and bcc.';
    return isNew ? [] : [{ field: `personalizations.${index}.to`, message }];
  });
}

/** The first address of a personalization, which here has one. */
const addressOf = (personalization: unknown): string => stringAt(listAt(personalization, 'to')[0], 'email') ?? '';

const textsAt = (value: unknown, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(at(value, name) ?? {}).map(([key, text]) => [key, String(text)]));
