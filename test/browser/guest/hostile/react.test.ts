import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { openChat, pageWith, snippet, stage } from '../../embed/site.ts';
import { ask } from '../talk.ts';

const lab = stage('test/browser/guest/project');
const { resolve } = createRequire(import.meta.url);

/** An application with a counter, in strict mode, that puts the script of the chat on its page in an effect, as pages do. */
const APP = `
  import { createElement, StrictMode, useEffect, useState } from 'react';
  function Chat() {
    useEffect(() => {
      globalThis.effects = (globalThis.effects ?? 0) + 1;
      const script = document.createElement('script');
      script.src = window.wxOConfiguration.hostURL + '/wxoLoader.js?embed=true';
      script.addEventListener('load', () => wxoLoader.init());
      document.head.append(script);
      return () => script.remove();
    }, []);
    return null;
  }
  function App() {
    const [count, setCount] = useState(0);
    const [route, setRoute] = useState('home');
    return createElement('main', null,
      createElement('button', { id: 'count', onClick: () => setCount(count + 1) }, 'Counted ' + count),
      createElement('button', { id: 'route', onClick: () => setRoute('other') }, 'At ' + route),
      createElement(Chat, { key: route }));
  }
  const app = createElement(StrictMode, null, createElement(App));
`;
const MOUNT = {
  17: `import { render } from 'react-dom'; render(app, document.getElementById('root'));`,
  19: `import { createRoot } from 'react-dom/client'; createRoot(document.getElementById('root')).render(app);`,
};

async function bundle(version: 17 | 19): Promise<string> {
  const older = { react: resolve('react-17'), 'react-dom': resolve('react-dom-17') };
  const { outputFiles } = await build({
    stdin: { contents: APP + MOUNT[version], resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"development"' },
    ...(version === 17 ? { alias: older } : {}),
  });
  return outputFiles?.[0]?.text.replaceAll('</script', '<\\/script') ?? '';
}

test.each([17, 19] as const)(
  'a page of React %i in strict mode has one chat, and both go on by themselves',
  async (version) => {
    const script = snippet({ host: lab.host, agent: await lab.agent('showcase') });
    // The configuration stands in the page; the script comes with an effect.
    const configuration = script.replace(/setTimeout\([\s\S]*?\}, 0\);/, '');
    const { page } = await lab.visit(pageWith(`${configuration}<script>${await bundle(version)}</script>`));
    await openChat(page);
    await ask(page, 'table');
    // React 19 runs effects twice in strict mode, 17 does not.
    expect(await page.evaluate(() => (globalThis as { effects?: number }).effects)).toBe(version === 17 ? 1 : 2);
    await page.locator('#count').click();
    await page.locator('#route').click();
    expect(await page.locator('main').innerText()).toMatch(/Counted 1\s*At other/);
    await ask(page, 'code');
    expect(await page.locator('clew-launcher').count()).toBe(1);
    expect(await page.locator('.question').count()).toBe(2);
  },
);
