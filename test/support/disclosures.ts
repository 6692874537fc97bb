/**
 * What a test app has told others than the people it is about: log lines, problems, metrics, and the payloads of queued jobs. As each app is closed, it is
 * searched for the addresses and words of everybody that the app knew.
 */
import { readFileSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Agent } from 'supertest';
import { Database, Metrics } from '../../src/kernel/index.js';

/** An email address, or as many digits as a phone number has; not those within ids, hashes and numbers with a fraction. */
const ADDRESS = /[\w.+%-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.:-])\+?\d{8,15}(?![\w.:-])/g;
/** Errors repeat its examples, whoever has such an address in a test. */
const DOCUMENTED = readFileSync('openapi.json', 'utf8');
/** Shorter words are found in lines that mean something else. */
const LEAST_WORDS = 12;
const MOST = 5_000;

/** Everybody that the app has written to, has a contact or decision of, or was written by. */
const ADDRESSES = `
  select distinct address from (
    (select recipient as address from message limit ${MOST}) union all (select address from contact limit ${MOST})
    union all (select address from consent limit ${MOST}) union all (select person from received_message limit ${MOST})
    union all (select email from console_user limit ${MOST})) as known
  where address not in (select address from sender where address is not null)`;

/** What was written to them and by them. */
const WORDS = `
  select distinct said from (
    (select value as said from message, jsonb_each_text(content) limit ${MOST})
    union all (select body from received_text limit ${MOST})) as known
  where length(said) >= ${LEAST_WORDS}`;

/** Of the queues in the database; those in Redis are told the same. */
const QUEUED = `select data::text as data from bullmq.job limit ${MOST}`;

export class Disclosures {
  /** By what may be an address: where it was first found. */
  private readonly addresses = new Map<string, string>();
  /** Lines that differ by more than ids and numbers. */
  private readonly lines = new Map<string, string>();

  /** Takes what the app has told. */
  add(kind: string, text: string): void {
    for (const line of text.split('\n')) {
      for (const [address] of line.matchAll(ADDRESS)) {
        if (!this.addresses.has(address)) this.addresses.set(address, `${kind}: ${line}`);
      }
      const shape = line.replace(/[\da-f-]{36}|\d+/g, '#');
      if (!this.lines.has(shape)) this.lines.set(shape, `${kind}: ${line}`);
    }
  }

  /** For `logTo`. */
  readonly log = { write: (line: string): void => this.add('log', line.trimEnd()) };

  /** Follows the answers to an agent's requests. */
  listen(agent: Agent): Agent {
    return agent.on('response', (response: { status: number; text?: string }) => {
      if (response.status >= 400 && response.text) this.add('problem', response.text);
    });
  }

  /** Raises an Error with where a person is told of. What a test has left without a database has nothing to be compared with. */
  async search(app: NestFastifyApplication): Promise<void> {
    const database = app.get(Database);
    const known = await database.query<{ address: string }>(ADDRESSES).catch(() => undefined);
    if (!known) return;
    this.add('metric', JSON.stringify(await app.get(Metrics).readings({ withGauges: false })));
    for (const { data } of await database.query<{ data: string }>(QUEUED)) this.add('job', data);
    for (const { address } of known) {
      if (DOCUMENTED.includes(address)) continue;
      const found = this.addresses.get(address) ?? this.addresses.get(address.replace('+', ''));
      if (found !== undefined) throw new Error(`A person’s address is told in ${found}`);
    }
    const lines = [...this.lines.values()];
    for (const { said } of await database.query<{ said: string }>(WORDS)) {
      if (DOCUMENTED.includes(said)) continue;
      const found = lines.find((line) => line.includes(said));
      if (found !== undefined) throw new Error(`What was written to a person is told in ${found}`);
    }
  }
}
