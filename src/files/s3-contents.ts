/** Files in an object store that speaks S3: Amazon's, or another. */
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ContentStore, type ContentName } from './content-store.js';
import type { S3Settings } from './files-config.js';

/** A call that takes longer has failed: a file of 20 MiB needs a few seconds. */
const CALL_MS = 20_000;

export class S3Contents extends ContentStore {
  readonly name = 's3';
  private readonly client: S3Client;

  constructor(private readonly settings: S3Settings) {
    super();
    const { region, endpoint, accessKeyId, secretAccessKey } = settings;
    this.client = new S3Client({
      region,
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }), // other stores have no host for each bucket
      ...(accessKeyId !== undefined &&
        secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
      // Else bodies are sent in pieces with checksums behind them, which other stores keep as part of the file.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: 3,
    });
  }

  async put(name: ContentName, content: Buffer): Promise<void> {
    const command = new PutObjectCommand({ ...this.place(name), Body: content, ContentLength: content.length });
    const { ETag } = await this.client.send(command, { abortSignal: AbortSignal.timeout(CALL_MS) });
    // A proxy's page with status 200 is no proof.
    if (ETag === undefined) throw new Error('the object store has not said that it keeps the file');
  }

  async get(name: ContentName): Promise<Buffer | undefined> {
    try {
      const command = new GetObjectCommand(this.place(name));
      const { Body } = await this.client.send(command, { abortSignal: AbortSignal.timeout(CALL_MS) });
      return Body && Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async delete(name: ContentName): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.place(name)), { abortSignal: AbortSignal.timeout(CALL_MS) });
  }

  private place({ tenantId, digest }: ContentName): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: `callboard/${tenantId}/${digest}` };
  }
}
