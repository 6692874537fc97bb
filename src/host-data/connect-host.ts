/** From the configuration to the adapter that it means. */
import type { Finding } from '../providers/index.js';
import type { HostDatabase, HostEndpoint } from './host-data-config.js';
import type { HostSource } from './host-source.js';
import { HttpHostSource } from './http.adapter.js';
import { SqlHostSource } from './sql.adapter.js';

/** Connects when it is first asked. Close it. */
export const connectHost = (host: HostDatabase | HostEndpoint): HostSource =>
  'databaseUrl' in host ? new SqlHostSource(host) : new HttpHostSource(host);

/** What an operator should know of the host's set-up: asks it, and reads no data. */
export async function examineHost(host: HostDatabase | HostEndpoint): Promise<Finding[]> {
  const source = connectHost(host);
  try {
    return await source.examine();
  } finally {
    await source.close();
  }
}
