/** How an account is set up at Amazon SES. */
import {
  GetAccountCommand,
  GetConfigurationSetEventDestinationsCommand,
  GetEmailIdentityCommand,
  type EventDestination,
  type GetAccountCommandOutput,
  type GetEmailIdentityCommandOutput,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import {
  clockFindings,
  domainOf,
  failed,
  ok,
  quotaFinding,
  skipped,
  warning,
  type Finding,
  type SetUp,
} from '../examination.js';
import type { ProviderAccount } from '../provider.port.js';
import { outcomeOfSesError } from './ses.errors.js';

/** What our statuses and suppressions are made of: see docs/webhooks.md. */
const NEEDED_EVENTS = ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'REJECT'] as const;

/** Sending, quota and clock; the platform's sender; and where its events go. */
export async function examineSes(
  client: SESv2Client,
  { credentials }: ProviderAccount,
  { from }: SetUp,
): Promise<readonly Finding[]> {
  const found = [
    await asked('sending', 'ses:GetAccount', () => examineAccount(client)),
    from === undefined ? [] : await asked('sender', 'ses:GetEmailIdentity', () => examineSender(client, from)),
    await asked('events', 'ses:GetConfigurationSetEventDestinations', () =>
      examineEvents(client, credentials['configurationSet'], credentials['topicArns'] ?? ''),
    ),
  ];
  return found.flat();
}

/** A key that may only send is well: it tells nothing. */
async function asked(
  subject: string,
  action: string,
  ask: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await ask();
  } catch (error) {
    if (nameOf(error) === 'AccessDeniedException') {
      return [skipped(subject, 'the credentials may not ask for it', `Allow them ${action}, and ask again.`)];
    }
    return [
      failed(subject, `Amazon SES answered ${outcomeOfSesError(error).code}`, 'Ask again, or look at the SES console.'),
    ];
  }
}

async function examineAccount(client: SESv2Client): Promise<readonly Finding[]> {
  const askedAt = Date.now();
  let date: unknown;
  const command = new GetAccountCommand({});
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = (result.response as { readonly headers?: Readonly<Record<string, string>> }).headers?.['date'];
      return result;
    },
    { name: 'noteDate', step: 'deserialize' },
  );
  const account = await client.send(command);
  return [...clockFindings(date, askedAt), sendingOf(account), ...quotaOf(account)];
}

function sendingOf({ SendingEnabled, ProductionAccessEnabled, EnforcementStatus }: GetAccountCommandOutput): Finding {
  if (!SendingEnabled || EnforcementStatus === 'SHUTDOWN') {
    return failed(
      'sending',
      'paused for the account',
      'See the reputation metrics in the SES console, and write to AWS Support.',
    );
  }
  if (!ProductionAccessEnabled) {
    return warning('sending', 'to verified addresses only', 'Request production access in the SES console.');
  }
  return EnforcementStatus === 'PROBATION'
    ? warning(
        'sending',
        'under review by AWS',
        'Lower bounces and complaints: see the reputation metrics in the SES console.',
      )
    : ok('sending', 'enabled, to everybody');
}

/** -1 is no limit. */
function quotaOf({
  SendQuota: { Max24HourSend = -1, SentLast24Hours = 0 } = {},
}: GetAccountCommandOutput): readonly Finding[] {
  return Max24HourSend < 0 ? [ok('quota', 'no limit')] : [quotaFinding(SentLast24Hours, Max24HourSend, 'in 24 hours')];
}

async function examineSender(client: SESv2Client, from: string): Promise<readonly Finding[]> {
  const labels = domainOf(from).split('.');
  const domains = labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'));
  for (const name of [from, ...domains]) {
    const identity = await identityNamed(client, name);
    if (!identity?.VerifiedForSendingStatus) continue;
    const { SigningEnabled, Status } = identity.DkimAttributes ?? {};
    return SigningEnabled && Status === 'SUCCESS'
      ? [ok('sender', 'verified, signed with DKIM')]
      : [
          warning(
            'sender',
            'verified, not signed with DKIM',
            'Publish the DKIM records of the identity: mailboxes require them.',
          ),
        ];
  }
  const advice = 'Verify the domain of SES_FROM in the SES console, in this region.';
  return [failed('sender', 'neither the address nor its domain is verified', advice)];
}

async function identityNamed(client: SESv2Client, name: string): Promise<GetEmailIdentityCommandOutput | undefined> {
  try {
    return await client.send(new GetEmailIdentityCommand({ EmailIdentity: name }));
  } catch (error) {
    if (nameOf(error) === 'NotFoundException') return undefined;
    throw error;
  }
}

/** Whether the topic is subscribed is a matter of SNS, which is not asked. */
async function examineEvents(
  client: SESv2Client,
  set: string | undefined,
  topicArns: string,
): Promise<readonly Finding[]> {
  const noEvents = 'emails stay sent, and bounces suppress nobody';
  if (set === undefined) {
    return [
      warning(
        'events',
        `no configuration set: ${noEvents}`,
        'Set SES_CONFIGURATION_SET and SES_TOPIC_ARNS: docs/webhooks.md.',
      ),
    ];
  }
  let destinations: readonly EventDestination[];
  try {
    const command = new GetConfigurationSetEventDestinationsCommand({ ConfigurationSetName: set });
    destinations = (await client.send(command)).EventDestinations ?? [];
  } catch (error) {
    if (nameOf(error) !== 'NotFoundException') throw error;
    return [
      failed('events', 'the configuration set does not exist', 'Create that of SES_CONFIGURATION_SET, in this region.'),
    ];
  }
  const topics = new Set(topicArns.split(','));
  const ours = destinations.filter(
    ({ Enabled, SnsDestination }) => Enabled && topics.has(SnsDestination?.TopicArn ?? ''),
  );
  if (ours.length === 0) {
    const advice = 'Add a topic of SES_TOPIC_ARNS to the event destinations of the configuration set.';
    return [failed('events', `the configuration set publishes to no topic of ours: ${noEvents}`, advice)];
  }
  const published = new Set<string>(ours.flatMap(({ MatchingEventTypes = [] }) => MatchingEventTypes));
  const lacking = NEEDED_EVENTS.filter((event) => !published.has(event));
  return lacking.length === 0
    ? [ok('events', 'published to a topic of ours')]
    : [warning('events', `${lacking.join(', ')} not published`, 'Add them to the event destination.')];
}

const nameOf = (error: unknown): string | undefined => (error instanceof Error ? error.name : undefined);
