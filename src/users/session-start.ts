/** Begins a session for somebody who was just identified, and records it. */
import { Injectable } from '@nestjs/common';
import { Audit, Metrics, type EventCount, type Principal } from '../kernel/index.js';
import { Sessions, type AtProvider, type Begun } from './sessions.js';

const WAYS = ['openid', 'key'] as const;
export type Way = (typeof WAYS)[number];

@Injectable()
export class SessionStart {
  private readonly signIns: EventCount<'by' | 'outcome'>;

  constructor(
    private readonly sessions: Sessions,
    private readonly audit: Audit,
    metrics: Metrics,
  ) {
    this.signIns = metrics.counter({
      name: 'callboard.sign_ins_total',
      help: 'Sign-ins to the console, by how, and whether a session began',
      labels: { by: WAYS, outcome: ['begun', 'refused'] },
    });
  }

  /** In the open transaction. `former` is the token of the browser's session, which ends. */
  async begin(by: Way, holder: Principal, former: string | undefined, atProvider?: AtProvider): Promise<Begun> {
    const begun = await this.sessions.begin(holder, former, atProvider);
    await this.audit.record(holder, 'session.begin', { by }, { kind: 'session', id: begun.session.id });
    return begun;
  }

  /** Counts a sign-in by what comes of it. */
  async counted<T>(by: Way, work: Promise<T>): Promise<T> {
    try {
      const result = await work;
      this.signIns.add({ by, outcome: 'begun' });
      return result;
    } catch (error) {
      this.signIns.add({ by, outcome: 'refused' });
      throw error;
    }
  }
}
