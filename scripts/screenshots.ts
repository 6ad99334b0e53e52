/**
 * Makes the pictures of the README: `node scripts/screenshots.ts` with the pinned Node, after `npm run build`. They show the starter project as a newcomer sees it.
 */
import { join } from 'node:path';
import { launchChromium } from '../test/kit/chromium.ts';
import { ROOT, serve } from '../test/kit/server.ts';

const server = await serve({ verb: 'serve', project: 'examples/starter', args: ['--db', ':memory:'] });
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
await page.goto(server.url);
await page.getByRole('textbox').fill('What happens when the connection drops?');
await page.keyboard.press('Enter');
await page.getByText('How do we know?').or(page.getByText('Sources')).first().waitFor();
await page.mouse.move(0, 0);
await page.screenshot({ path: join(ROOT, 'docs/images/chat.png') });
await browser.close();
await server.stop();
