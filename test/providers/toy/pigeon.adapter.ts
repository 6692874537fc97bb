/** Texts through Pigeon Post, one a call. */
import { request, type Dispatcher } from 'undici';
import { stringAt } from '../../../src/kernel/index.js';
import { credential, refusedSetUp } from '../../../src/providers/client-cache.js';
import { providerAgent } from '../../../src/providers/http-agent.js';
import { outcomeOfNoAnswer } from '../../../src/providers/network.errors.js';
import type { Envelope, Outcome, ProviderAccount, ProviderAdapter } from '../../../src/providers/provider.port.js';
import {
  NOT_BEGUN,
  notWell,
  outcomeOf,
  UNSUPPORTED,
  verdictOfStatus,
  type Verdict,
} from '../../../src/providers/verdict.js';
import { verifyPigeonWebhook } from './pigeon.webhook.js';

const VERDICTS: ReadonlyMap<number, Verdict> = new Map<number, Verdict>([
  [401, 'config'],
  [422, 'recipient'],
  [429, 'rate'],
]);

export class PigeonAdapter implements ProviderAdapter {
  readonly verifyWebhook = verifyPigeonWebhook;
  private readonly agent: Dispatcher;

  constructor(
    private readonly baseUrl = 'https://pigeon.example',
    timeoutMs = 10_000,
  ) {
    this.agent = providerAgent({ timeoutMs, connections: 8 });
  }

  send(account: ProviderAccount, envelopes: readonly Envelope[], signal?: AbortSignal): Promise<Outcome[]> {
    return Promise.all(envelopes.map((envelope) => this.sendOne(account, envelope, signal)));
  }

  async ping(account: ProviderAccount): Promise<void> {
    const authorization = authorizationOf(account);
    const { statusCode } = await this.call('GET', '/account', authorization).catch((error: unknown) => {
      throw notWell('Pigeon Post', outcomeOfNoAnswer(error), { cause: error });
    });
    if (statusCode !== 200) throw notWell('Pigeon Post', outcomeOf(verdictOfStatus(statusCode), `http-${statusCode}`));
  }

  private async sendOne(account: ProviderAccount, envelope: Envelope, signal?: AbortSignal): Promise<Outcome> {
    const { messageId: id, from, to, content } = envelope;
    if (content.kind !== 'text') return UNSUPPORTED;
    let authorization: string;
    try {
      authorization = authorizationOf(account);
    } catch (error) {
      return refusedSetUp(error);
    }
    if (signal?.aborted) return NOT_BEGUN;
    try {
      const body = JSON.stringify({ id, from, to, text: content.body });
      const { statusCode, said } = await this.call('POST', '/messages', authorization, { body, signal });
      const providerMessageId = statusCode === 201 ? stringAt(said, 'ref') : undefined;
      if (providerMessageId) return { kind: 'accepted', providerMessageId };
      return outcomeOf(VERDICTS.get(statusCode) ?? 'unknown', `http-${statusCode}`, {
        message: stringAt(said, 'error'),
      });
    } catch (error) {
      return outcomeOfNoAnswer(error);
    }
  }

  private async call(
    method: 'GET' | 'POST',
    path: string,
    authorization: string,
    { body, signal }: { body?: string; signal?: AbortSignal } = {},
  ): Promise<{ statusCode: number; said: unknown }> {
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await request(this.baseUrl + path, { method, headers, body, signal, dispatcher: this.agent });
    return { statusCode: answer.statusCode, said: await answer.body.json() };
  }
}

const authorizationOf = (account: ProviderAccount): string => `Bearer ${credential(account, 'token')}`;
