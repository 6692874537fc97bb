/** Plivo's STOP lists, by sender and person. https://www.plivo.com/docs/messaging/concepts/opt-outs */

const STOP = new Set(['STOP', 'STOP ALL', 'END', 'QUIT', 'CANCEL', 'UNSUBSCRIBE', 'UNSUB']);
const START = new Set(['START', 'YES', 'RESUME', 'UNSTOP', 'GO']);

export class PlivoSubscribers {
  private readonly stopped = new Set<string>();

  /** A person wrote to one of our numbers. */
  heard(person: string, number: string, text: string): void {
    const word = text.trim().toUpperCase();
    if (STOP.has(word)) this.stopped.add(pairOf(number, person));
    else if (START.has(word)) this.stopped.delete(pairOf(number, person));
  }

  hasStopped(person: string, sender: string): boolean {
    return this.stopped.has(pairOf(sender, person));
  }
}

const pairOf = (number: string, person: string): string => `${number} ${person}`;
