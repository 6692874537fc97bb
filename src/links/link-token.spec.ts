/** What stands in counted links. */
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { linkIdOf, linkPart, messagePart, readToken, shortCode } from './link-token.js';

const KEY = randomBytes(32);
const messageId = uuidv7();
const linkId = linkIdOf(KEY, 'tenant', 'https://a.example/');
const token = messagePart(KEY, messageId) + linkPart(linkId);

test('A long link names its message and where it leads', () => {
  expect(token).toHaveLength(50);
  expect(readToken(KEY, token)).toEqual({ kind: 'long', messageId, linkId });
});

test('A link for another message, or of another key, is none', () => {
  const other = messagePart(randomBytes(32), messageId) + linkPart(linkId);
  const swapped = messagePart(KEY, uuidv7()).slice(0, 20) + token.slice(20);
  for (const wrong of [other, swapped, `A${token}`, token.slice(1), '', `${token.slice(0, -1)}%`]) {
    expect(readToken(KEY, wrong)).toBeUndefined();
  }
});

test('The id of a link is the same for the same address of a tenant, and another for anything else', () => {
  expect(linkIdOf(KEY, 'tenant', 'https://a.example/')).toBe(linkId);
  const others = [
    linkIdOf(KEY, 'another', 'https://a.example/'),
    linkIdOf(KEY, 'tenant', 'https://a.example/x'),
    linkIdOf(randomBytes(32), 'tenant', 'https://a.example/'),
  ];
  expect(new Set([linkId, ...others]).size).toBe(4);
});

test('A short link is eleven letters and digits, the same for the same link of the same message', () => {
  const code = shortCode(KEY, { messageId, linkId });
  expect(code).toMatch(/^[A-Za-z0-9]{11}$/);
  expect(shortCode(KEY, { messageId, linkId })).toBe(code);
  expect(shortCode(KEY, { messageId: uuidv7(), linkId })).not.toBe(code);
  expect(readToken(KEY, code)).toEqual({ kind: 'short', code });
});
