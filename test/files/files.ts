/** Files to upload, and their upload. */
import { createHash, randomBytes } from 'node:crypto';
import type { FileView } from '../../src/files/files.dto.js';
import type { TestApp, Tenant } from '../support/test-app.js';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==',
  'base64',
);

/** A picture like no other. */
export const picture = (): Buffer => Buffer.concat([PNG, randomBytes(64)]);

/** A PDF like no other, with every byte there is. */
export const pdf = (bytes = 4_000): Buffer =>
  Buffer.concat([
    Buffer.from('%PDF-1.7\n'),
    Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
    randomBytes(bytes),
  ]);

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** Uploads a file, and answers what is known of it. */
export async function upload(app: TestApp, owner: Tenant, name: string, content: Buffer): Promise<FileView> {
  const { body } = await app
    .as(owner)
    .post('/api/files')
    .query({ name })
    .set('content-type', 'application/octet-stream')
    .send(content)
    .expect(201);
  return body as FileView;
}
