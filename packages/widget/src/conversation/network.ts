/** Whether there is a network, as the browser sees it. */
export interface Network {
  online(): boolean;
  /** Calls `changed` when that changes and when the page is seen again. Gives back what ends it. */
  watch(changed: () => void): () => void;
}

/** The browser's own; where there is none, always online. */
export const browserNetwork: Network = {
  online: () => globalThis.navigator?.onLine !== false,
  watch(changed) {
    const { window, document } = globalThis;
    if (!window || !document) return () => {};
    const seen = () => document.visibilityState === 'visible' && changed();
    window.addEventListener('online', changed);
    window.addEventListener('offline', changed);
    document.addEventListener('visibilitychange', seen);
    return () => {
      window.removeEventListener('online', changed);
      window.removeEventListener('offline', changed);
      document.removeEventListener('visibilitychange', seen);
    };
  },
};
