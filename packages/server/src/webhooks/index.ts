export { createWebhooks, type TestResult, type WebhookInfo, type Webhooks, type WebhooksOptions } from './webhooks.ts';
