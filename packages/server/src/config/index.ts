export type { ChannelConfig, ChannelMode } from './channel.ts';
export type { Config } from './config.ts';
export { type Environment, readEnvironment } from './environment.ts';
export { CONFIG_FILE } from './file.ts';
export { type LoadOptions, loadConfig } from './load.ts';
export { ConfigError, formatMistake, type Mistake } from './mistake.ts';
export type { ModelProvider } from './model-provider.ts';
export { SETTINGS, type Setting, type SettingKey } from './settings.ts';
export type { WebhookConfig, WebhookType } from './webhook.ts';
