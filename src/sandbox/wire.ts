/** Answers a provider call, or applies a fault of the plan. */
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { CallFault } from './fault-plan.dto.js';
import type { Faults } from './faults.js';
import type { ProviderName } from '../providers/index.js';

const HANG_MS = 60_000;
const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n';

/** A call's input. */
type Work = () => Promise<WireAnswer>;

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** A provider's error, ready to send. */
export class WireRefusal extends Error {
  constructor(readonly answer: WireAnswer) {
    super(`Refused with HTTP ${answer.status}`);
  }
}

/** The provider's response when it is overloaded or broken. */
export type WireFaults = Readonly<Record<'tooMany' | 'serverError', WireAnswer>>;
export type FaultAnswers = Readonly<Record<ProviderName, WireFaults>>;

export class Wire {
  private readonly hanging = new Set<Socket>();

  constructor(
    private readonly faults: Faults,
    private readonly faultAnswers: FaultAnswers,
  ) {}

  /** Responds with the result of `work`, or with the error it throws. */
  async answer(reply: FastifyReply, work: Work): Promise<void> {
    write(reply, await settled(work));
  }

  /** The same for a send call, which faults may affect. After-faults do the work and lose its response. */
  async answerSend(reply: FastifyReply, provider: ProviderName, work: Work): Promise<void> {
    const { latencyMs, fault } = this.faults.nextCall(provider);
    if (latencyMs > 0) await delay(latencyMs, undefined, { ref: false });
    if (fault === undefined) return write(reply, await settled(work));
    return this.strike(reply, provider, fault, work);
  }

  /** Releases the calls that hang. */
  close(): void {
    for (const socket of this.hanging) socket.destroy();
  }

  private async strike(reply: FastifyReply, provider: ProviderName, fault: CallFault, work: Work): Promise<void> {
    switch (fault) {
      case 'tooMany':
      case 'serverError':
        return write(reply, this.faultAnswers[provider][fault]);
      case 'badGateway':
        return write(reply, { status: 502, headers: { 'content-type': 'text/html' }, body: BAD_GATEWAY });
      case 'resetBefore':
        return reset(reply);
      case 'resetAfter':
        await settled(work);
        return reset(reply);
      case 'hangAfter':
        await settled(work);
        return this.hang(reply);
    }
  }

  private hang(reply: FastifyReply): void {
    const socket = reply.hijack().raw.socket;
    if (!socket) return;
    this.hanging.add(socket);
    const timer = setTimeout(() => socket.destroy(), HANG_MS).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      this.hanging.delete(socket);
    });
  }
}

async function settled(work: Work): Promise<WireAnswer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WireRefusal) return error.answer;
    throw error;
  }
}

function write(reply: FastifyReply, { status, headers, body }: WireAnswer): void {
  void reply.status(status).headers(headers).send(body);
}

function reset(reply: FastifyReply): void {
  reply.hijack().raw.socket?.resetAndDestroy();
}
