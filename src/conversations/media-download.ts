/** Downloads what a person sent from the provider that keeps it. */
import { Injectable } from '@nestjs/common';
import { ForbiddenAddress, GuardedFetch } from '../kernel/index.js';
import { MAX_FILE_BYTES } from '../files/index.js';
import { ProviderRegistry, type MediaRequest } from '../providers/index.js';
import {
  ProviderAccountNotFound,
  ProviderAccounts,
  ProviderNotConfigured,
  type ProviderAccountSecrets,
} from '../tenants/index.js';
import { faultOf, MediaFault } from './media.rules.js';

/** From the first request to the last byte, over all that it leads to. */
const DEADLINE_MS = 30_000;
/** Twilio's API leads to storage, which may lead on once. */
const LEADS = 2;

@Injectable()
export class MediaDownload {
  constructor(
    private readonly accounts: ProviderAccounts,
    private readonly providers: ProviderRegistry,
    private readonly http: GuardedFetch,
  ) {}

  /** Its bytes. Raises MediaFault. */
  async bytesOf(accountId: string, url: string): Promise<Buffer> {
    const asked = await this.requestOf(await this.account(accountId), url);
    if (!asked) throw new MediaFault('address', true);
    const content = await this.follow(url, asked, AbortSignal.timeout(DEADLINE_MS));
    if (content === undefined || content.length === 0) throw new MediaFault('size', true);
    return content;
  }

  private async account(accountId: string): Promise<ProviderAccountSecrets> {
    try {
      return await this.accounts.load(accountId);
    } catch (error) {
      if (error instanceof ProviderAccountNotFound || error instanceof ProviderNotConfigured)
        throw new MediaFault('account', false);
      throw error;
    }
  }

  private async requestOf(account: ProviderAccountSecrets, url: string): Promise<MediaRequest | undefined> {
    const adapter = await this.providers.adapter(account.provider);
    return adapter.mediaRequest?.(account, url);
  }

  /** The credentials go to the first address alone. Undefined for more bytes than a file may have. */
  private async follow(url: string, asked: MediaRequest, signal: AbortSignal): Promise<Buffer | undefined> {
    let [at, { headers }] = [url, asked];
    for (let leads = 0; leads <= LEADS; leads += 1) {
      const answer = await this.ask(at, headers, signal);
      const fault = faultOf(answer.status);
      if (fault) throw fault;
      if (answer.status === 200) return answer.body;
      const next = leadOf(at, answer.headers.location);
      if (next === undefined || !asked.mayLeadTo(next)) throw new MediaFault('address', true);
      [at, headers] = [next, {}];
    }
    throw new MediaFault('unreachable', false);
  }

  private async ask(
    url: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): ReturnType<GuardedFetch['download']> {
    try {
      return await this.http.download(url, { headers, signal, limit: MAX_FILE_BYTES });
    } catch (error) {
      throw new MediaFault(error instanceof ForbiddenAddress ? 'address' : 'unreachable', false);
    }
  }
}

const leadOf = (from: string, location: string | undefined): string | undefined =>
  location !== undefined && URL.canParse(location, from) ? new URL(location, from).href : undefined;
