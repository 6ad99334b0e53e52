import type { Page } from 'playwright-core';
import { settled } from './everyone.ts';

/** Parts that stick out of what can be scrolled to: out of the window, or sideways out of the column. What scrolls by itself may be wider. */
export async function outside(page: Page): Promise<string[]> {
  await settled(page);
  return page.evaluate(() => {
    const host = [...document.querySelectorAll('*')].find(({ shadowRoot }) =>
      shadowRoot?.querySelector('.panel'),
    ) as HTMLElement;
    const root = host.shadowRoot as ShadowRoot;
    const panel = (root.querySelector('.panel') as HTMLElement).getBoundingClientRect();
    const scrolls = (one: Element) =>
      /auto|scroll/.test(getComputedStyle(one).overflowX) && one.matches('pre, .table, ol, ul, .form-scroll');
    const wrong: string[] = [];
    if (panel.left < -1 || panel.top < -1 || panel.right > innerWidth + 1 || panel.bottom > innerHeight + 1)
      wrong.push('the window');
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
      wrong.push('the page scrolls sideways');
    for (const one of root.querySelectorAll<HTMLElement>('.panel *')) {
      if (one.closest('.unseen, svg, option') || one.getClientRects().length === 0) continue;
      let within: Element | null = one.parentElement;
      while (within && !scrolls(within)) within = within.parentElement;
      if (within) continue;
      const { left, right, top, bottom, width } = one.getBoundingClientRect();
      const name = `${one.tagName.toLowerCase()}.${one.getAttribute('class')} ${Math.round(left - panel.left)}..${Math.round(right - panel.left)} of ${panel.width}`;
      if (width > 0 && (left < panel.left - 1 || right > panel.right + 1)) wrong.push(name);
      // What does not scroll with the transcript must be in sight.
      if (one.closest('.header, .foot') && !one.closest('.menu') && (top < panel.top - 1 || bottom > panel.bottom + 1))
        wrong.push(`${name} high`);
    }
    const scroll = root.querySelector('.scroll') as HTMLElement;
    if (scroll.scrollWidth > scroll.clientWidth + 1) wrong.push('the transcript scrolls sideways');
    return wrong;
  });
}

/** Texts that are cut off by their own box, unless that is meant to be (an ellipsis; fields). */
export function squeezed(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const roots = [...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? []);
    return roots
      .flatMap((root) => [...root.querySelectorAll<HTMLElement>('.panel *')])
      .filter((one) => {
        if (one.closest('.unseen, svg, option, textarea, [hidden]') || one.getClientRects().length === 0) return false;
        const { overflowX, overflowY, textOverflow, webkitLineClamp } = getComputedStyle(one);
        if (textOverflow === 'ellipsis' || webkitLineClamp !== 'none' || one.matches('input, .mark')) return false;
        const cut = (overflow: string, by: number) => by > 2 && !/auto|scroll/.test(overflow);
        const words = [...one.childNodes].some((node) => node instanceof Text && node.data.trim() !== '');
        return (
          words &&
          (cut(overflowX, one.scrollWidth - one.clientWidth) || cut(overflowY, one.scrollHeight - one.clientHeight)) &&
          getComputedStyle(one).display !== 'inline'
        );
      })
      .map(
        (one) =>
          `${one.tagName.toLowerCase()}.${one.getAttribute('class')} "${one.textContent?.trim().slice(0, 30)}" ${one.scrollWidth}/${one.clientWidth} ${one.scrollHeight}/${one.clientHeight}`,
      );
  });
}

/** What can be pressed and is smaller than 24 by 24, unless it is a link in a text (WCAG 2.2, 2.5.8). A label and what is drawn larger by `::after` count. */
export function small(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const roots = [...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? []);
    return roots
      .flatMap((root) => [...root.querySelectorAll<HTMLElement>('button, a[href], select, textarea, input, summary')])
      .filter((one) => {
        const target = one.matches('input[type=checkbox], input[type=radio]') ? (one.closest('label') ?? one) : one;
        const { width, height } = target.getBoundingClientRect();
        if (
          one.getClientRects().length === 0 ||
          one.matches(':disabled, .unseen') ||
          (one.closest('.prose p, .prose li') && one.matches('a'))
        )
          return false;
        const after = getComputedStyle(one, '::after');
        const grown = (side: 'top' | 'left') =>
          after.position === 'absolute' ? -2 * (Number.parseFloat(after[side]) || 0) : 0;
        return Math.min(width + Math.max(0, grown('left')), height + Math.max(0, grown('top'))) < 24;
      })
      .map(
        (one) =>
          `${one.outerHTML.slice(0, 90)} ${one.getBoundingClientRect().width}×${one.getBoundingClientRect().height}`,
      );
  });
}
