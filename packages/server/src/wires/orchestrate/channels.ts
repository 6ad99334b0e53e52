/** A channel, as its operator sees it. */
export interface ChannelInfo {
  readonly name: string;
  readonly modes: readonly ('open' | 'anonymous' | 'signed' | 'apiKey')[];
  /** Whether nobody but operators can say anything there for now. */
  readonly paused: boolean;
}

/** The channels of the server. The composition root implements it. */
export interface ChannelDesk {
  /** In the order of the configuration. */
  list(): Promise<readonly ChannelInfo[]>;
  /** Holds on every node within half a second. `channel_not_found` when there is none of that name. */
  setPaused(name: string, paused: boolean): Promise<ChannelInfo>;
}
