/** Variables that Callboard fills in each message: links by which its recipient leaves marketing, or chooses what to get. */
import type { Template } from 'liquidjs';
import { engines, type EngineName } from './liquid-engine.js';

/** As long as real ones mostly are, so that an SMS is estimated as it will be; they lead nowhere. */
const EXAMPLE = `https://callboard.example/u/${'example-'.repeat(12)}`;

/** Where there is no message yet, or it is only shown: whoever reads it must not act for the person. */
export const EXAMPLE_LINKS = { unsubscribe_url: EXAMPLE, preferences_url: `${EXAMPLE}#preferences` };

export const isLinkVariable = (name: string): boolean => Object.hasOwn(EXAMPLE_LINKS, name);

/** Whether a part reads any of them, wherever and under whatever condition. To ask liquidjs takes seconds where there are thousands of variables. */
export const readsLink = (engine: EngineName, source: string, nodes: Template[]): boolean =>
  Object.keys(EXAMPLE_LINKS).some((name) => source.includes(name)) &&
  engines[engine].globalVariablesSync(nodes).some(isLinkVariable);
