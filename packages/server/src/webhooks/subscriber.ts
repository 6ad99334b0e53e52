import type { WebhookEvent } from '../ports/index.ts';

/** Who is told of what. */
export interface Subscriber {
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  /** `whsec_…`; all of them sign, so that a new one can take over from an old one. Never empty. */
  readonly secrets: readonly string[];
  /** Null: all, and runs without a channel. */
  readonly channels: readonly string[] | null;
  /** By name; null: all. */
  readonly agents: readonly string[] | null;
  /** What is told beside ids and facts. */
  readonly include: readonly ('text' | 'user')[];
  readonly timeoutSeconds: number;
}

/** Whether somebody wants to hear of what an agent did in a channel. */
export function wants(
  { events, channels, agents }: Subscriber,
  what: { readonly type: WebhookEvent; readonly agentName: string; readonly channel: string | null },
): boolean {
  if (!events.includes(what.type)) return false;
  if (agents !== null && !agents.includes(what.agentName)) return false;
  return channels === null || (what.channel !== null && channels.includes(what.channel));
}
