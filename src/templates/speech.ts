/** How a call speaks: as given, and with its defaults. */
import type { Acknowledgement, Speech } from '../providers/index.js';

/** As given with a template or a message. */
export interface SpeechOptions {
  readonly language?: string | undefined;
  readonly voice?: string | undefined;
  readonly repeat?: number | undefined;
  readonly pauseSeconds?: number | undefined;
  readonly acknowledge?: Acknowledgement | undefined;
}

/** An alert is said twice, as nobody hears the first words of a call. */
const DEFAULTS = { language: 'en-US', repeat: 2, pauseSeconds: 1 } as const;

export const speechOf = ({ language, voice, repeat, pauseSeconds, acknowledge }: SpeechOptions = {}): Speech => ({
  language: language ?? DEFAULTS.language,
  ...(voice === undefined ? {} : { voice }),
  repeat: repeat ?? DEFAULTS.repeat,
  pauseSeconds: pauseSeconds ?? DEFAULTS.pauseSeconds,
  ...(acknowledge === undefined ? {} : { acknowledge }),
});
