/** What is kept of a sign-in while the browser is at the provider: in the browser, in a cookie that it cannot read. */
import { Inject, Injectable } from '@nestjs/common';
import { at, CONFIG, cookieOf, KeyRing, objectIn, setCookie, type ReadyConfig } from '../kernel/index.js';
import type { Secrets } from './open-id.js';
import { BadReturnPath, SignInExpired } from './users.errors.js';

export interface Attempt extends Secrets {
  /** Where the browser goes in the end: a path of ours. */
  readonly returnTo: string;
  readonly tenantSlug?: string;
}

const NAME = 'callboard-sign-in';
const SECONDS = 600;

@Injectable()
export class SignInAttempts {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ReadyConfig, 'publicUrl'>,
    private readonly ring: KeyRing,
  ) {}

  /** The cookie with it. Raises BadReturnPath. */
  keep(attempt: Attempt): string {
    const kept = JSON.stringify({
      ...attempt,
      returnTo: this.ownPath(attempt.returnTo),
      until: Date.now() + SECONDS * 1_000,
    });
    return setCookie(NAME, this.ring.encrypt(kept, NAME), SECONDS, this.config);
  }

  /** The one of this browser. Raises SignInExpired. */
  read(cookies: string | undefined): Attempt {
    const kept = objectIn(this.opened(cookieOf(cookies, NAME, this.config) ?? ''));
    if (!kept || Number(at(kept, 'until')) <= Date.now()) throw new SignInExpired();
    return kept as unknown as Attempt; // nobody else can encrypt
  }

  /** The cookie that removes it: it counts once. */
  forget(): string {
    return setCookie(NAME, '', 0, this.config);
  }

  /** What a browser takes for a path of this origin. Others' addresses come in many disguises: what the URL parser makes of it counts. */
  private ownPath(path: string): string {
    const { origin } = new URL(this.config.publicUrl);
    const url = path.startsWith('/') && URL.canParse(path, origin) ? new URL(path, origin) : undefined;
    if (url?.origin !== origin || url.pathname.startsWith('//')) throw new BadReturnPath();
    return `${url.pathname}${url.search}${url.hash}`;
  }

  private opened(text: string): string {
    try {
      return this.ring.decrypt(text, NAME);
    } catch (error) {
      throw error instanceof Error ? new SignInExpired() : error; // cut, altered, or under a key that is gone
    }
  }
}
