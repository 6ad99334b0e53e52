import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { post } from '../http/index.ts';
import { ClewError } from '../model/index.ts';
import type { Store } from '../ports/index.ts';
import { createWebhooks, type Webhooks } from '../webhooks/index.ts';
import { REAL_CLOCK } from './clock.ts';
import { VERSION } from './version.ts';

/** The webhooks of an installation, by its configuration. Throws `invalid_request` when the environment lacks the secret of one. */
export function webhooksOf({ config, store, log }: { config: Config; store: Store; log: Logger }): Webhooks {
  for (const { name, secretEnv, secrets } of config.webhooks) {
    if (secrets.length > 0) continue;
    throw new ClewError(
      'invalid_request',
      `The webhook ${name} needs its secret in ${secretEnv}, and the environment has no such variable. Set it to \`whsec_\` and 32 random bytes in base64.`,
    );
  }
  return createWebhooks({
    subscribers: config.webhooks,
    store,
    clock: REAL_CLOCK,
    post,
    userAgent: `Clew/${VERSION}`,
    onFailure: (about) => log.warn(about, 'a webhook was not delivered'),
    onDefect: (err) => log.error({ err }, 'webhooks could not be worked on'),
  });
}
