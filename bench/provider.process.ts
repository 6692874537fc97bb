/** A minimal Twilio, Plivo, Amazon SES and SendGrid, and an endpoint of a tenant: accepts everything at once, and does not authenticate the caller. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { epochMs } from './clock.js';
import { TICKET_MARKER, type BenchChannel } from './people.js';
import { serve } from './remote.js';

const JSON_TYPE = { 'content-type': 'application/json' };
/** Each entry of a bulk call has one; the rest of the call is not read. */
const ENTRY = Buffer.from('"ReplacementEmailContent"');
const PERSONALIZATION = Buffer.from('"cb_mid"');
const MARKERS = { email: Buffer.from(TICKET_MARKER.email), sms: Buffer.from(TICKET_MARKER.sms) };
const ACCOUNT = JSON.stringify({
  ProductionAccessEnabled: true,
  SendingEnabled: true,
  SendQuota: { Max24HourSend: 1e9, MaxSendRate: 100_000, SentLast24Hours: 0 },
});

export interface Arrival {
  readonly channel: BenchChannel;
  /** The ticket's number. */
  readonly key: number;
  readonly at: number;
}

/** A call by phone; numbers as in E.164. */
export interface CallArrival {
  readonly from: string;
  readonly to: string;
  readonly at: number;
}

interface Answer {
  readonly status: number;
  readonly answer: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let latencyMs = 0;
let accepted = 0;
let calls = 0;
let watching = false;
let arrivals: Arrival[] = [];
let phoneCalls: CallArrival[] = [];

const nextId = (): string => String((accepted += 1)).padStart(32, '0');

function take(request: IncomingMessage, body: Buffer): Answer {
  const { url = '' } = request;
  calls += 1;
  if (url.endsWith('/Messages.json')) {
    const sid = `SM${nextId()}`;
    const sent = '"status":"queued","direction":"outbound-api","num_segments":"1","num_media":"0"';
    return {
      status: 201,
      answer: `{"sid":"${sid}","api_version":"2010-04-01",${sent},"price":null,"error_code":null}`,
    };
  }
  if (url.endsWith('/Calls.json'))
    return { status: 201, answer: `{"sid":"CA${nextId()}","status":"queued","direction":"outbound-api","price":null}` };
  if (url.endsWith('/outbound-emails')) return { status: 200, answer: `{"MessageId":"${nextId()}"}` };
  if (url.endsWith('/outbound-bulk-emails')) {
    const results: string[] = [];
    for (let at = body.indexOf(ENTRY); at >= 0; at = body.indexOf(ENTRY, at + ENTRY.length)) {
      results.push(`{"Status":"SUCCESS","MessageId":"${nextId()}"}`);
    }
    return { status: 200, answer: `{"BulkEmailEntryResults":[${results.join(',')}]}` };
  }
  if (url.endsWith('/v3/mail/send')) {
    for (let at = body.indexOf(PERSONALIZATION); at >= 0; at = body.indexOf(PERSONALIZATION, at + 1)) accepted += 1;
    return { status: 202, answer: '', headers: { 'x-message-id': String(accepted) } };
  }
  if (url.endsWith('/Message/')) return { status: 202, answer: `{"message_uuid":["${nextId()}"],"api_id":"a"}` };
  if (url.endsWith('/events')) return { status: 204, answer: '' };
  return url.endsWith('/account') ? { status: 200, answer: ACCOUNT } : { status: 404, answer: '{}' };
}

/** Records when each ticket arrived. */
function watch(body: Buffer, channel: BenchChannel, at: number): void {
  const marker = MARKERS[channel];
  for (let place = body.indexOf(marker); place >= 0; place = body.indexOf(marker, place + marker.length)) {
    const digits = body.toString('latin1', place + marker.length, place + marker.length + 7);
    arrivals.push({ channel, key: Number(digits), at });
  }
}

/** Records when each call was asked for. */
function watchCall(body: Buffer, at: number): void {
  const form = new URLSearchParams(body.toString('latin1'));
  phoneCalls.push({ from: form.get('From') ?? '', to: form.get('To') ?? '', at });
}

function respond(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  if (watching && request.url?.endsWith('/Calls.json')) watchCall(body, epochMs());
  else if (watching) watch(body, request.url?.endsWith('/Messages.json') ? 'sms' : 'email', epochMs());
  const { status, answer, headers = {} } = take(request, body);
  const send = (): void => {
    response.writeHead(status, { ...JSON_TYPE, ...headers, 'content-length': Buffer.byteLength(answer) });
    response.end(answer);
  };
  if (latencyMs > 0) setTimeout(send, latencyMs);
  else send();
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => respond(request, response, Buffer.concat(chunks)));
});
server.keepAliveTimeout = 60_000;

const provider = {
  /** Listens, and answers its URL. Each answer is delayed by `latencyMs`. */
  listen: async (options: { readonly latencyMs: number }): Promise<string> => {
    latencyMs = options.latencyMs;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  /** From now on each answer is delayed by so many milliseconds. */
  delay: (ms: number): Promise<void> => {
    latencyMs = ms;
    return Promise.resolve();
  },
  /** Messages accepted so far, and the calls that carried them. */
  taken: () => Promise.resolve({ messages: accepted, calls }),
  /** Whether to record when tickets and calls arrive. */
  watch: (on: boolean): Promise<void> => {
    watching = on;
    arrivals = [];
    phoneCalls = [];
    return Promise.resolve();
  },
  /** The calls by phone since they were last asked for. */
  calls: (): Promise<CallArrival[]> => {
    const seen = phoneCalls;
    phoneCalls = [];
    return Promise.resolve(seen);
  },
  /** The arrivals since the last call. */
  arrivals: (): Promise<Arrival[]> => {
    const seen = arrivals;
    arrivals = [];
    return Promise.resolve(seen);
  },
};
export type Provider = typeof provider;
serve(provider);
