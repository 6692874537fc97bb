/** The public API of links: those in messages that are counted when they are followed. */
export { CountedLinks } from './counted-links.js';
export { linkPart, messagePart } from './link-token.js';
export { LinksModule } from './links.module.js';
export { isTooSoon } from './too-soon.rules.js';
