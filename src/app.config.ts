/** The configuration of the whole application: the kernel's part, the providers', the host's, the message bus's, that of notices and of alerts. */
import { readAlerts, type AlertsConfig } from './alerts/index.js';
import { readServiceBus, type ServiceBusConfig } from './automations/index.js';
import { loadConfig, type Config } from './kernel/config/config.js';
import { readHostData, type HostDataConfig } from './host-data/index.js';
import { prepareGround, type Ground } from './kernel/service/boot.js';
import type { ReadyConfig } from './kernel/index.js';
import { readNotices, type NoticesConfig } from './notices/index.js';
import { readProviders, type ProvidersConfig } from './providers/index.js';
import { sandboxPlatform } from './sandbox/index.js';

type ModulesConfig = ProvidersConfig & HostDataConfig & ServiceBusConfig & NoticesConfig & AlertsConfig;
export type AppConfig = ReadyConfig & ModulesConfig;

/** Reads the environment. Raises BadConfiguration naming every bad variable. */
export const loadAppConfig = (env?: Readonly<Record<string, string | undefined>>): Config & ModulesConfig =>
  loadConfig(
    (read) => ({
      ...readProviders(read),
      ...readHostData(read),
      ...readServiceBus(read),
      ...readNotices(read),
      ...readAlerts(read),
    }),
    env,
  );

/** Reads the environment, and resolves defaults. Raises BadConfiguration and UnusableDatabase. */
export async function prepareApp(env?: Readonly<Record<string, string | undefined>>): Promise<Ground<AppConfig>> {
  const ground = await prepareGround(loadAppConfig(env));
  return { config: withSandbox(ground.config), stop: () => ground.stop() };
}

/** This machine, where whoever tries the service has pictures to send. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** In sandbox mode, the platform's accounts are the sandbox's, and callers may name addresses of this machine. */
export const withSandbox = (config: AppConfig): AppConfig =>
  config.sandbox
    ? {
        ...config,
        platform: sandboxPlatform(config.adminKey),
        privateHosts: [...config.privateHosts, ...LOOPBACK],
      }
    : config;
