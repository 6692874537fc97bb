// The service from its sources, with the toy plugged in: in place of its two lists stand those of this folder, each a line longer.
import { registerHooks } from 'node:module';

const LISTS = new Map(
  [
    ['src/providers/provider-list.ts', 'provider-list.ts'],
    ['src/sandbox/sandbox-wires.ts', 'sandbox-wires.ts'],
  ].map(([list, longer]) => [new URL(`../../../${list}`, import.meta.url).href, new URL(longer, import.meta.url).href]),
);

// Registered first, so that the lists are looked up by what it has found.
await import('../../../scripts/jest/typescript.mjs');
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return { ...found, url: LISTS.get(found.url) ?? found.url };
  },
});

await import('../../../src/main.js');
