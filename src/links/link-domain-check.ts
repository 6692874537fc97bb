/** Whether a domain is its tenant's, and leads to us. */
import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { GuardedFetch } from '../kernel/index.js';
import { LinkBase } from './link-base.js';
import type { LinkDomain } from './link-domain-store.js';
import { LinkKey } from './link-key.js';

const WITHIN_MS = 5_000;
/** Below the links of a domain, by the id of the domain. */
export const PROOF_PATH = 'proof/';
export const PROOF_HEADER = 'callboard-link-domain';

export const DOMAIN_PROBLEMS = ['record_missing', 'record_wrong', 'unreachable', 'leads_elsewhere', 'taken'] as const;
export type DomainProblem = (typeof DOMAIN_PROBLEMS)[number];

/** The record in its DNS by which a tenant shows that the domain is its own. */
export const recordOf = ({ host, token }: Pick<LinkDomain, 'host' | 'token'>): { name: string; value: string } => ({
  name: `_callboard.${host}`,
  value: `callboard=${token}`,
});

@Injectable()
export class LinkDomainCheck {
  constructor(
    private readonly fetch: GuardedFetch,
    private readonly base: LinkBase,
    private readonly key: LinkKey,
  ) {}

  /** What keeps it from being used; undefined if nothing does. The record comes first: whoever left a domain may have left it leading to us. */
  async problemOf(domain: LinkDomain): Promise<DomainProblem | undefined> {
    const { name, value } = recordOf(domain);
    const texts = await this.textsOf(name);
    if (texts.length === 0) return 'record_missing';
    if (!texts.includes(value)) return 'record_wrong';
    return this.problemOfWay(domain);
  }

  /** What we answer at a domain that leads to us, and nobody else can. */
  async proofOf(id: string): Promise<string> {
    return createHmac('sha256', await this.key.get())
      .update(`domain ${id}`)
      .digest('base64url');
  }

  /** Whatever the reason, one that is not seen is not there. */
  private async textsOf(name: string): Promise<string[]> {
    const records = await this.fetch.resolver.resolveTxt(name).catch(() => []);
    return records.map((parts) => parts.join(''));
  }

  private async problemOfWay({ id, host }: LinkDomain): Promise<DomainProblem | undefined> {
    const url = `${await this.base.at(host)}${PROOF_PATH}${id}`;
    const signal = AbortSignal.timeout(WITHIN_MS);
    // Its name, its certificate, or what is behind it.
    const answer = await this.fetch.ask(url, { method: 'GET', signal }).catch(() => undefined);
    if (!answer) return 'unreachable';
    return answer.headers[PROOF_HEADER] === (await this.proofOf(id)) ? undefined : 'leads_elsewhere';
  }
}
