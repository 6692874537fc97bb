/** `doctor`: checks a deployment and its providers, and says what to do. Changes nothing. */
import { BadConfiguration } from '../kernel/index.js';
import type { ProvidersConfig } from '../providers/index.js';
import { sandboxPlatform } from '../sandbox/index.js';
import { command } from './command-line.js';
import type { CliConfig, CliContext } from './context.js';
import { examineDatabase, examinePublicUrl, examineQueue } from './deployment-checks.js';
import { examineHostData } from './host-check.js';
import { examineProviders, examineTenantAccounts } from './provider-checks.js';
import { Report } from './report.js';

export const DOCTOR = command({
  name: 'doctor',
  summary: 'checks a live configuration, provider by provider, and says what to do',
  details: `Reads the configuration as the service does, and checks the database, the queue, the host's data, the clocks, the public URL, and \
each provider of the platform: credentials, sender, webhook, quota. Webhooks that change nothing are posted to the public URL, signed and \
unsigned.

Each line is ok, warning, failed or skipped. The exit code is 1 if something failed.`,
  options: {
    'tenant-accounts': {
      type: 'boolean',
      meaning: 'also ask each provider whether it accepts the tenants’ own credentials',
    },
    json: { type: 'boolean', meaning: 'all results as JSON' },
  },
  examples: ['doctor', 'doctor --tenant-accounts --json'],
  async run({ json, 'tenant-accounts': withTenants }, context) {
    const report = new Report(json ? () => undefined : context.say);
    const config = await readConfiguration(context, report);
    if (config) await examine(context, config, report, withTenants);
    const isWell = report.count('failed') === 0;
    context.say(json ? JSON.stringify({ ok: isWell, checks: report.checks }, null, 2) : `\n${report.summary}`);
    return isWell ? 0 : 1;
  },
});

/** Undefined if the service would not start with it. */
async function readConfiguration(context: CliContext, report: Report): Promise<CliConfig | undefined> {
  const advice = 'docs/configuration.md explains each variable.';
  try {
    const config = await context.loadConfig();
    const detail = config.sandbox ? 'complete, with the sandbox in place of providers' : 'complete';
    report.add('configuration', { subject: '', result: 'ok', detail });
    for (const each of config.warnings) {
      report.add('configuration', { subject: '', result: 'warning', detail: each, advice });
    }
    return config;
  } catch (error) {
    if (!(error instanceof BadConfiguration)) throw error;
    for (const detail of error.problems) report.add('configuration', { subject: '', result: 'failed', detail, advice });
    return undefined;
  }
}

async function examine(context: CliContext, given: CliConfig, report: Report, withTenants: boolean): Promise<void> {
  const ground = await context.findGround(given);
  const config = { ...given, platform: platformIn(given, ground.adminKey) };
  const opened = await examineDatabase(context, ground, report);
  try {
    await examineQueue(config, report);
    await examineHostData(config, report);
    const base = await examinePublicUrl(config, opened?.database, report);
    if (base === undefined) return;
    const deployment = { config, base, database: opened?.database, encryptionKeys: ground.encryptionKeys };
    await examineProviders(deployment, report);
    if (withTenants) await examineTenantAccounts(deployment, report);
  } finally {
    await opened?.close();
  }
}

/** In sandbox mode, the platform's accounts are the sandbox's; it has none before the service has started once. */
function platformIn({ sandbox, mode, platform }: CliConfig, adminKey: string | undefined): ProvidersConfig['platform'] {
  if (!sandbox) return platform;
  return adminKey === undefined ? {} : sandboxPlatform(adminKey, mode);
}
