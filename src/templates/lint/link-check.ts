/** Asks whether the links of a message lead anywhere. */
import { Injectable } from '@nestjs/common';
import { ForbiddenAddress, GuardedFetch, isWebAddress, ShortCache } from '../../kernel/index.js';
import type { Rendered } from '../rendering/render.js';
import { linksIn, type Finding } from './lint.rules.js';

/** Of one message. */
const MOST_LINKS = 30;
const DEADLINE_MS = 5_000;
/** An author previews the same links again and again. */
const REMEMBERED_MS = 60_000;
const REMEMBERED = 2_000;
const SHOWN = 100;

/** What is there, but answers no program, or not now. */
const ALIVE = new Set([401, 403, 405, 407, 429, 501]);

@Injectable()
export class LinkCheck {
  /** A test waits for less. */
  deadlineMs = DEADLINE_MS;
  private readonly states = new ShortCache<string | undefined>(REMEMBERED_MS, REMEMBERED);

  constructor(private readonly http: GuardedFetch) {}

  /**
   * The dead ones of the first 30 links. Only hosts of the public internet are asked, all at once and for five seconds at most; no
   * redirect is followed. Never rejects.
   */
  async of(rendered: Rendered): Promise<Finding[]> {
    const signal = AbortSignal.timeout(this.deadlineMs);
    const links = linksIn(rendered).slice(0, MOST_LINKS);
    const findings = await Promise.all(
      links.map(async ({ part, url }): Promise<Finding[]> => {
        const state = await this.states.get(url, () => this.stateOf(url, signal));
        return state === undefined ? [] : [{ rule: 'dead_link', part, message: `${url.slice(0, SHOWN)} ${state}` }];
      }),
    );
    return findings.flat();
  }

  /** What is wrong with it, as the end of a sentence; undefined for nothing. */
  private async stateOf(url: string, signal: AbortSignal): Promise<string | undefined> {
    if (!isWebAddress(url)) return 'is no web address: encode what it is made of';
    try {
      let { status } = await this.http.ask(url, { method: 'HEAD', signal });
      // Many hosts know no HEAD.
      if (status >= 400)
        ({ status } = await this.http.ask(url, { method: 'GET', headers: { range: 'bytes=0-0' }, signal }));
      return status < 400 || status === 416 || ALIVE.has(status) ? undefined : `answers ${status}`;
    } catch (error) {
      if (error instanceof ForbiddenAddress) return 'is not on the public internet';
      return signal.aborted ? 'did not answer in time' : 'cannot be reached';
    }
  }
}
