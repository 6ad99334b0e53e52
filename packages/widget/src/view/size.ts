/** From this width on the list of conversations stands beside the chat, and is open at first. Pixels, as the others. */
export const WIDE = 900;
const NARROW = 480;
const LOW = 360;

/**
 * Tells the style sheets how large the panel is: `data-wide`, `data-narrow` and `data-low` are set while it is, `--clew-width` and `--clew-height` are its
 * pixels. `changed` is called after every change, not while it is hidden. Gives back what ends it.
 *
 * Container queries would say the same. But WebKit lays a size container out in the middle of styling it, when what was taken out is gone and what came
 * instead is not there yet: each change of an answer, the colouring of its code for one, would pull a reader who is at its end up.
 */
export function watchSize(panel: HTMLElement, changed: () => void): () => void {
  const sizing = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = panel;
    if (width === 0) return;
    panel.toggleAttribute('data-wide', width >= WIDE);
    panel.toggleAttribute('data-narrow', width <= NARROW);
    panel.toggleAttribute('data-low', height <= LOW);
    panel.style.setProperty('--clew-width', `${width}px`);
    panel.style.setProperty('--clew-height', `${height}px`);
    changed();
  });
  sizing.observe(panel);
  return () => sizing.disconnect();
}
