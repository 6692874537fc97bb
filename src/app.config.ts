/** The configuration of the whole application: the kernel's part, the providers', that of tenants, the host's, the message bus's, that of notices, of alerts, of senders' health, of files and of users. */
import { readAlerts, type AlertsConfig } from './alerts/index.js';
import { readServiceBus, type ServiceBusConfig } from './automations/index.js';
import { readFiles, type FilesConfig } from './files/index.js';
import { loadConfig, type Config } from './kernel/config/config.js';
import { readHostData, type HostDataConfig } from './host-data/index.js';
import type { ReadyConfig } from './kernel/index.js';
import { readNotices, type NoticesConfig } from './notices/index.js';
import { readProviders, type ProvidersConfig } from './providers/index.js';
import { readPumpingGuard, type PumpingGuardConfig } from './pumping-guard/index.js';
import { readSenderHealth, type SenderHealthConfig } from './sender-health/index.js';
import { sandboxPlatform } from './sandbox/index.js';
import { readTenants, type TenantsConfig } from './tenants/index.js';
import { readUsers, type UsersConfig } from './users/index.js';

type ModulesConfig = ProvidersConfig &
  TenantsConfig &
  HostDataConfig &
  ServiceBusConfig &
  NoticesConfig &
  AlertsConfig &
  PumpingGuardConfig &
  SenderHealthConfig &
  FilesConfig &
  UsersConfig;
export type AppConfig = ReadyConfig & ModulesConfig;
export type LoadedConfig = Config & ModulesConfig;

/** Reads variables whose secrets were found. Raises BadConfiguration naming every bad one. */
export const loadAppConfig = (env: Readonly<Record<string, string | undefined>>): LoadedConfig =>
  loadConfig(
    (read) => ({
      ...readProviders(read),
      ...readTenants(read),
      ...readHostData(read),
      ...readServiceBus(read),
      ...readNotices(read),
      ...readAlerts(read),
      ...readPumpingGuard(read),
      ...readSenderHealth(read),
      ...readFiles(read),
      ...readUsers(read),
    }),
    env,
  );

/** This machine, where whoever tries the service has pictures to send. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/**
 * In sandbox mode, the platform's accounts are the sandbox's, and callers may name addresses of this machine: but not in test mode, where they are tenants'.
 */
export const withSandbox = (config: AppConfig): AppConfig =>
  config.sandbox
    ? {
        ...config,
        platform: sandboxPlatform(config.adminKey, config.mode),
        privateHosts: config.mode === 'test' ? config.privateHosts : [...config.privateHosts, ...LOOPBACK],
      }
    : config;
