/** Posts events as SendGrid does: those of one account together, signed. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Agenda } from '../agenda.js';
import type { CallbackSender } from '../callback-sender.js';
import type { SendGridAccount } from './sendgrid-accounts.js';
import { signedHeaders, signingKeyOf } from './sendgrid-signing.js';

/** SendGrid posts at least every 30 seconds, and at 768 KB; the sandbox sooner. */
const COLLECT_MS = 20;
const MAX_EVENTS = 200;
/** SendGrid tries again for a day; the sandbox less. */
const RETRY_DELAYS_MS = [250, 1_000, 4_000];

export class SendGridPosts {
  private readonly collected = new Map<string, object[]>();
  private readonly keys = new Map<string, KeyObject>();
  private readonly forger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

  constructor(
    private readonly agenda: Agenda,
    private readonly sender: CallbackSender,
    private readonly publicUrl: string,
  ) {}

  /** Posts an event with the next ones. `forged`: with a wrong signature. */
  add(account: SendGridAccount, event: object, forged: boolean): void {
    const name = `${account.id} ${forged}`;
    const events = this.collected.get(name);
    if (events) {
      events.push(event);
      if (events.length >= MAX_EVENTS) this.post(name, account, forged);
    } else {
      this.collected.set(name, [event]);
      this.agenda.in(COLLECT_MS, () => this.post(name, account, forged));
    }
  }

  private post(name: string, account: SendGridAccount, forged: boolean): void {
    const events = this.collected.get(name);
    this.collected.delete(name);
    if (!events) return;
    const body = `${JSON.stringify(events)}\r\n`;
    const key = forged ? this.forger : this.keyOf(account);
    this.sender.post({
      url: this.publicUrl + account.webhookPath,
      prepare: () => ({
        headers: {
          'content-type': 'application/json',
          'user-agent': 'SendGrid Event API',
          ...signedHeaders(key, body),
        },
        body,
      }),
      retryDelaysMs: RETRY_DELAYS_MS,
      retryOn: (result) => typeof result !== 'number' || result >= 300,
    });
  }

  private keyOf({ apiKey }: SendGridAccount): KeyObject {
    const kept = this.keys.get(apiKey) ?? signingKeyOf(apiKey);
    this.keys.set(apiKey, kept);
    return kept;
  }
}
