/** Twilio's state from inbound messages: STOP lists and WhatsApp's 24-hour window. */

/** Twilio's default keywords: the whole message, in any case. https://www.twilio.com/docs/messaging/tutorials/opt-out-keywords */
const STOP = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']);
const START = new Set(['START', 'YES', 'UNSTOP']);
const WINDOW_MS = 24 * 3_600_000;

export class TwilioSubscribers {
  private readonly stopped = new Set<string>();
  private readonly lastWhatsApp = new Map<string, number>();

  /** A person wrote to one of our numbers. Keywords count in SMS only: WhatsApp has none unless Advanced Opt-Out is on. */
  heard(channel: 'sms' | 'whatsapp', person: string, number: string, body: string): void {
    const pair = pairOf(number, person);
    const word = body.trim().toUpperCase();
    if (channel === 'whatsapp') this.lastWhatsApp.set(pair, Date.now());
    else if (STOP.has(word)) this.stopped.add(pair);
    else if (START.has(word)) this.stopped.delete(pair);
  }

  hasStopped(person: string, sender: string): boolean {
    return this.stopped.has(pairOf(sender, person));
  }

  /** Free text is allowed to someone who wrote to this sender within the last 24 hours. */
  windowIsOpen(person: string, sender: string): boolean {
    return (this.lastWhatsApp.get(pairOf(sender, person)) ?? -Infinity) > Date.now() - WINDOW_MS;
  }
}

const pairOf = (number: string, person: string): string => `${number} ${person}`;
