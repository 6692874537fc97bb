/** Where the bytes of files are put. */
import type { EnvironmentReader } from '../kernel/index.js';

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Absent: Amazon's of the region. */
  readonly endpoint?: string;
  /** Absent: the SDK finds keys itself, in a profile or a role. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}

export interface FilesConfig {
  /** Absent: files are in the database. */
  readonly files?: S3Settings;
}

/** Reads the variables about files. Reports their errors. */
export function readFiles(read: EnvironmentReader): FilesConfig {
  const bucket = read.matching('FILES_S3_BUCKET', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket');
  const region = read.matching('FILES_S3_REGION', /^[a-z0-9-]{2,32}$/, 'a region such as eu-central-1') ?? 'us-east-1';
  const endpoint = read.url('FILES_S3_ENDPOINT', ['http:', 'https:']);
  const [accessKeyId, secretAccessKey] = [read.text('FILES_S3_ACCESS_KEY_ID'), read.text('FILES_S3_SECRET_ACCESS_KEY')];
  for (const name of ['FILES_S3_REGION', 'FILES_S3_ENDPOINT', 'FILES_S3_ACCESS_KEY_ID'])
    if (read.text(name)) read.require('FILES_S3_BUCKET', `${name} is of no use without it`);
  if (accessKeyId) read.require('FILES_S3_SECRET_ACCESS_KEY', 'FILES_S3_ACCESS_KEY_ID is of no use without it');
  if (secretAccessKey) read.require('FILES_S3_ACCESS_KEY_ID', 'FILES_S3_SECRET_ACCESS_KEY is of no use without it');
  if (bucket === undefined) return {};
  return {
    files: {
      bucket,
      region,
      ...(endpoint !== undefined && { endpoint }),
      ...(accessKeyId !== undefined && secretAccessKey !== undefined && { accessKeyId, secretAccessKey }),
    },
  };
}
