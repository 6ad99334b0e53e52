/** Work that is done in the order in which it came. */
export type Line = (act: () => void | Promise<void>) => void | Promise<void>;

/** A line in which work that waits for nothing, with nothing before it, is done at once and costs nothing. Gives back when all of it is done. */
export function createLine(): Line {
  let busy: Promise<void> | undefined;
  return (act) => {
    const work = busy ? busy.then(act) : act();
    if (!work) return;
    const whole = work.finally(() => {
      if (busy === whole) busy = undefined;
    });
    busy = whole;
    return whole;
  };
}
