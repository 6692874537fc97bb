/** The public API of alerts: what is watched, and who is told when it is wrong. */
export { readAlerts, type AlertsConfig } from './alerts-config.js';
export { AlertsModule } from './alerts.module.js';
export { datadogMonitors } from './datadog-monitors.js';
export { grafanaDashboard } from './grafana-dashboard.js';
export { prometheusRules } from './prometheus-rules.js';
