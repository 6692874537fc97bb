/** The variables about files. */
import { EnvironmentReader } from '../../src/kernel/config/environment-reader.js';
import { readFiles } from '../../src/files/files-config.js';

test('without a bucket files are in the database', () => {
  expect(readFiles(new EnvironmentReader({}))).toEqual({});
});

test('with a bucket they are there, by keys of their own or those that the SDK finds', () => {
  const bucket = { FILES_S3_BUCKET: 'tickets' };
  expect(readFiles(new EnvironmentReader(bucket))).toEqual({ files: { bucket: 'tickets', region: 'us-east-1' } });
  const keys = {
    FILES_S3_ACCESS_KEY_ID: 'AKIA',
    FILES_S3_SECRET_ACCESS_KEY: 'secret',
    FILES_S3_REGION: 'eu-central-1',
  };
  expect(readFiles(new EnvironmentReader({ ...bucket, ...keys }))).toEqual({
    files: { bucket: 'tickets', region: 'eu-central-1', accessKeyId: 'AKIA', secretAccessKey: 'secret' },
  });
});

test.each([
  [{ FILES_S3_BUCKET: 'My Bucket' }, 'FILES_S3_BUCKET is not the name of a bucket'],
  [
    { FILES_S3_ENDPOINT: 'https://minio.example.com' },
    'FILES_S3_BUCKET is missing: FILES_S3_ENDPOINT is of no use without it',
  ],
  [
    { FILES_S3_BUCKET: 'tickets', FILES_S3_ENDPOINT: 'minio' },
    'FILES_S3_ENDPOINT is not a URL starting with http:// or https://',
  ],
  [
    { FILES_S3_BUCKET: 'tickets', FILES_S3_ACCESS_KEY_ID: 'AKIA' },
    'FILES_S3_SECRET_ACCESS_KEY is missing: FILES_S3_ACCESS_KEY_ID is of no use without it',
  ],
])('%j is refused', (env, problem) => {
  const read = new EnvironmentReader(env);
  readFiles(read);
  expect(read.problems).toEqual([problem]);
});
