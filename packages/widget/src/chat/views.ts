import type { EventBus } from '../events/bus.ts';
import type { ViewChangeReason, ViewState } from '../events/events.ts';

/** What is shown of a chat, and how that changes. */
export interface Views {
  readonly state: ViewState;
  /** Tells the page, which may decide otherwise in `view:pre:change`, then shows it. A state that is shown already changes nothing but for `chatLoaded`. */
  change(to: Partial<ViewState>, reason: ViewChangeReason): Promise<void>;
}

export function createViews(bus: EventBus, show: (state: ViewState, reason: ViewChangeReason) => void): Views {
  let state: ViewState = { launcher: false, mainWindow: false };
  return {
    get state() {
      return state;
    },
    async change(to, reason) {
      const wanted = { ...state, ...to };
      if (reason !== 'chatLoaded' && wanted.launcher === state.launcher && wanted.mainWindow === state.mainWindow)
        return;
      const change = { reason, oldViewState: state, newViewState: wanted };
      // Nobody to ask: the window opens in the same task as the click.
      const { newViewState } = bus.has('view:pre:change') ? await bus.fire('view:pre:change', change) : change;
      state = newViewState;
      show(state, reason);
      await bus.fire('view:change', { ...change, newViewState });
    },
  };
}
