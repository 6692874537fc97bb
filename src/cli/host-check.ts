/** The host: whether its data can be read. */
import { examineHost } from '../host-data/index.js';
import type { CliConfig } from './context.js';
import type { Report } from './report.js';

/** The host, if one is configured. Reads nothing of its data. */
export async function examineHostData({ hostData, sandbox }: CliConfig, report: Report): Promise<void> {
  if (hostData) return report.add('host', ...(await examineHost(hostData)));
  if (sandbox) {
    return report.add('host', { subject: '', result: 'ok', detail: 'the sample of the sandbox stands in for it' });
  }
  const advice = 'Set HOST_DATABASE_URL or HOST_DATA_URL where messages follow from orders and events.';
  report.add('host', { subject: '', result: 'skipped', detail: 'is not configured', advice });
}
