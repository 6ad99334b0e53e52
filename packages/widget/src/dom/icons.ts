import { drawing } from './drawing.ts';

/** Drawn as lines, 24 units wide. */
export const PATHS = {
  clew: 'M18.5 11a7.5 7.5 0 1 1-15 0a7.5 7.5 0 0 1 15 0M4.6 14.7c3.6.6 9.3-2.2 11.8-8.9M6.7 5.1c4.7-.3 9.6 3.5 11.2 8.7M3.6 9.9c3.4-2.7 8.2-3.9 12.9-2.2M11 18.5c2.9 2.1 6.4 2.8 10.5 1.8',
  plus: 'M12 5v14M5 12h14',
  send: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  chevron: 'M7 10l5 5 5-5',
  close: 'M6 6l12 12M18 6L6 18',
  minus: 'M5 12h14',
  compose: 'M11 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-5M18.4 3.6a2 2 0 0 1 2 2L12 14l-3.5.9L9.4 11.4z',
  list: 'M4 6h16M4 12h16M4 18h10',
  grow: 'M14 4h6v6M10 20H4v-6M20 4l-7 7M4 20l7-7',
  shrink: 'M20 10h-6V4M4 14h6v6M14 10l6-6M10 14l-6 6',
  copy: 'M11 9h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2M5 15V6a2 2 0 0 1 2-2h8',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  up: 'M7 11v9H4v-9zM7 11l4-8a2.5 2.5 0 0 1 2.5 2.5V9h5.3a2 2 0 0 1 2 2.3l-1.2 7a2 2 0 0 1-2 1.7H7',
  thumbDown: 'M17 13V4h3v9zM17 13l-4 8a2.5 2.5 0 0 1-2.5-2.5V15H5.2a2 2 0 0 1-2-2.3l1.2-7a2 2 0 0 1 2-1.7H17',
  alert: 'M20.5 12a8.5 8.5 0 1 1-17 0a8.5 8.5 0 0 1 17 0M12 8v4.5M12 15.9v.1',
  clock: 'M20.5 12a8.5 8.5 0 1 1-17 0a8.5 8.5 0 0 1 17 0M12 7.5V12l3 2',
  file: 'M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5',
  save: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  out: 'M14 5h5v5M19 5l-8 8M17 14v4a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h4',
  retry: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4.5v4.9h-4.9',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon as a node. */
export function iconNode(name: IconName): SVGSVGElement {
  const svg = drawing(PATHS[name]);
  svg.setAttribute('class', 'icon');
  return svg;
}
