/** Reads a campaign's server-sent events, and reconnects when the stream breaks. */
import { setTimeout as delay } from 'node:timers/promises';
import { Refused, type ApiClient } from '../api-client.js';
import { CommandFailed } from '../context.js';

/** The displayed fields of a campaign. */
export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly channels: readonly { readonly channel: string; readonly templateKey: string }[];
  readonly status: string;
  readonly statusReason: string | null;
  readonly waitsFor: string | null;
  readonly category: string | null;
  readonly venueId: string;
  readonly audienceId: string;
  readonly scheduledAt: string | null;
  readonly createdAt: string;
  readonly launchedAt: string | null;
  readonly sentAt: string | null;
  readonly progress: Progress;
}

export interface Progress {
  readonly audience: number;
  readonly excluded: number;
  readonly excludedBy: Readonly<Record<string, number>>;
  readonly messages: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byChannel: Readonly<Record<string, number>>;
  readonly remaining: number;
  readonly ratePerSecond: number | null;
  readonly finishesAt: string | null;
}

const AT_REST = ['SENT', 'CANCELLED', 'FAILED'];
const AGAIN_MS = 1_000;

/** Yields the campaign after each change, until it is finished. Raises Refused, and CommandFailed if no service answers at first. */
export async function* follow(api: ApiClient, id: string): AsyncGenerator<Campaign> {
  for (let hasBegun = false; ;) {
    try {
      for await (const campaign of eventsOf(api, id)) {
        hasBegun = true;
        yield campaign;
        if (AT_REST.includes(campaign.status) && campaign.progress.remaining === 0) return;
      }
    } catch (error) {
      if (!hasBegun || isFinal(error)) throw error;
    }
    await delay(AGAIN_MS);
  }
}

/** A service that is restarted is away for a while; what it refuses, it refuses again. */
const isFinal = (error: unknown): boolean =>
  error instanceof Refused ? error.problem.status < 500 : !(error instanceof CommandFailed || isBrokenStream(error));

const isBrokenStream = (error: unknown): boolean => error instanceof Error && 'code' in error;

async function* eventsOf(api: ApiClient, id: string): AsyncGenerator<Campaign> {
  const body = await api.stream(`/api/campaigns/${encodeURIComponent(id)}/progress`);
  let text = '';
  for await (const chunk of body.setEncoding('utf8')) {
    text += String(chunk);
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = event.split('\n').find((line) => line.startsWith('data: '));
      if (data) yield JSON.parse(data.slice(6)) as Campaign;
    }
  }
}
