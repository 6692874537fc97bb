/** Where the host's data are: in a database, or behind a URL. */
import { readFileSync } from 'node:fs';
import { SIGNING_SECRET, SIGNING_SECRET_MEANING, type EnvironmentReader } from '../kernel/index.js';
import { readQueries, SAMPLE_QUERIES, type HostQueries } from './host-queries.js';

export interface HostDatabase {
  readonly databaseUrl: string;
  readonly queries: HostQueries;
}

export interface HostEndpoint {
  readonly url: string;
  /** `whsec_` and the base64 of 24 to 64 bytes (Standard Webhooks). */
  readonly secret: string;
}

export interface HostDataConfig {
  /** Absent: the host is not known, or the sandbox's sample stands in for it. */
  readonly hostData?: HostDatabase | HostEndpoint;
}

const SECRET_MEANING = `${SIGNING_SECRET_MEANING}, which the host knows too`;

/** Reads the variables about the host, and its queries. Reports their errors. */
export function readHostData(read: EnvironmentReader): HostDataConfig {
  const databaseUrl = read.url('HOST_DATABASE_URL', ['postgres:', 'postgresql:']);
  const url = read.url('HOST_DATA_URL', ['http:', 'https:']);
  const queries = queriesIn(read);
  const secret = read.matching('HOST_DATA_SECRET', SIGNING_SECRET, SECRET_MEANING);
  if (read.text('HOST_DATABASE_URL') && read.text('HOST_DATA_URL')) {
    read.complain('HOST_DATABASE_URL and HOST_DATA_URL are both set: the host has one of them, unset the other');
  }
  if (read.text('HOST_QUERIES_FILE')) read.require('HOST_DATABASE_URL', 'HOST_QUERIES_FILE is of no use without it');
  if (read.text('HOST_DATA_SECRET')) read.require('HOST_DATA_URL', 'HOST_DATA_SECRET is of no use without it');
  if (read.text('HOST_DATA_URL')) read.require('HOST_DATA_SECRET', `set ${SECRET_MEANING}`);
  if (databaseUrl !== undefined) return { hostData: { databaseUrl, queries } };
  return url === undefined || secret === undefined ? {} : { hostData: { url, secret } };
}

/** Those of the sample, where there is no file. */
function queriesIn(read: EnvironmentReader): HostQueries {
  const path = read.text('HOST_QUERIES_FILE');
  if (path === undefined) return SAMPLE_QUERIES;
  const text = fileText(path);
  if (text !== undefined) return readQueries(text, (problem) => read.complain(joined('HOST_QUERIES_FILE', problem)));
  read.complain('HOST_QUERIES_FILE cannot be read: name a file that there is, and that the service may read');
  return SAMPLE_QUERIES;
}

const joined = (name: string, problem: string): string => `${name}${problem.startsWith(':') ? '' : ' '}${problem}`;

function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
