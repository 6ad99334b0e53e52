/**
 * Builds what the server serves into `dist/`: the loader, `clew.js` with its types, the chunks of the chat with a hash of their content in their
 * names (`clew/`), and the server's own pages. Text files have compressed copies beside them (`.br`, `.gz`). Fails when a part is larger than its
 * budget. Run by Node it says how large they are; `build()` does the same for whoever imports it.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build as bundle, transform } from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TARGET = ['chrome111', 'firefox114', 'safari16.4'];

/** Parts of the chat that are loaded when they are needed. Languages are found by their imports. */
const LAZY = ['answers', 'attach', 'rich', 'forms', 'highlight', 'history', 'proof'];

/** Most that a part may take, bytes after gzip. `all` is what one reader can come to load: every part, and the largest of the languages. */
const BUDGETS = {
  loader: 2_560,
  core: 40_960,
  answers: 28_672,
  attach: 4_096,
  forms: 15_360,
  highlight: 18_432,
  rich: 12_288,
  history: 6_144,
  locale: 3_072,
  proof: 3_072,
  all: 112_640,
};

/** A part that became too large: the message is the table. */
export class OverBudget extends Error {}

/** Rejects with esbuild's error, which it has printed, when the sources are broken, and with `OverBudget`. `outDir` is emptied first; default `dist/` beside this file. */
export async function build({ outDir = join(HERE, 'dist') } = {}) {
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));
  const common = {
    absWorkingDir: HERE,
    outdir: outDir,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: TARGET,
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
    metafile: true,
    plugins: sourcePlugins,
    define: { VERSION: JSON.stringify(version) },
  };
  // Each on its own: what parts have in common is so small that it is cheaper twice than in a request of its own.
  const lazy = await bundle({
    ...common,
    entryPoints: Object.fromEntries(LAZY.map((part) => [part, `src/${part}/index.ts`])),
    entryNames: 'clew/[name]-[hash]',
  });
  const lazyFiles = entriesOf(lazy.metafile, outDir);
  const chat = await bundle({
    ...common,
    entryPoints: { chat: 'src/chat/open.ts' },
    splitting: true,
    entryNames: 'clew/[name]-[hash]',
    chunkNames: 'clew/[name]-[hash]',
    plugins: [...sourcePlugins, textsOnly, partsByAddress(lazyFiles)],
  });
  const { core, ...rest } = entriesOf(chat.metafile, outDir);
  if (core.length > 1)
    throw new Error(`The chat is ${core.join(' and ')}: what it imports would be asked for only when it is there.`);
  const define = { CHAT: JSON.stringify(core[0]) };
  await bundle({ ...common, entryPoints: { wxoLoader: 'src/loader/main.ts' }, format: 'iife', define });
  await bundle({ ...common, entryPoints: { clew: 'src/api/main.ts' }, define });
  copyFileSync(join(HERE, 'src/api/clew.d.ts'), join(outDir, 'clew.d.ts'));
  await buildPages(outDir, common);
  const sizes = measure(outDir, { loader: ['wxoLoader.js'], core, ...rest, ...lazyFiles });
  compress(outDir);
  const table = tableOf(sizes);
  if (sizes.some(({ bytes, budget }) => bytes > budget))
    throw new OverBudget(`The widget is over its budget.\n${table}`);
  return table;
}

/** Our own pages: each `src/pages/NAME.html` with `NAME.ts` and `NAME.css` where there are any. They import the chat as pages of others do. */
async function buildPages(outDir, common) {
  const folder = join(HERE, 'src/pages');
  const files = readdirSync(folder);
  const named = (ending) =>
    files.filter((file) => file.endsWith(ending) && !file.endsWith('.d.ts')).map((file) => basename(file, ending));
  const pages = named('.html');
  const entries = (ending) =>
    pages
      .filter((page) => files.includes(page + ending))
      .map((page) => ({ in: join(folder, page + ending), out: `pages/${page}` }));
  await bundle({ ...common, entryPoints: entries('.ts'), plugins: [chatAsOthersDo] });
  await bundle({ ...common, entryPoints: entries('.css'), plugins: [] });
  for (const file of files.filter((one) => /\.(html|svg)$/.test(one)))
    copyFileSync(join(folder, file), join(outDir, file));
}

/** Of marked only its lexer: what its module builds at its end keeps the rest of it in the bundle, a fifth of it. */
const lexerOnly = {
  name: 'lexer-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]marked\.esm\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const end = /var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse/.exec(text)?.index;
      const name = /(\w+) as Lexer[,}]/.exec(text)?.[1];
      if (!end || !name) throw new Error('marked has another shape than this build knows: see lexerOnly in build.mjs.');
      return { contents: `${text.slice(0, end)}export{${name} as Lexer};`, loader: 'js' };
    });
  },
};

/** `import css from './panel.css'` is the minified text. */
const cssAsText = {
  name: 'css-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), {
        loader: 'css',
        minify: true,
        target: TARGET,
        charset: 'utf8',
      });
      return { contents: code.trim(), loader: 'text', watchFiles: [path] };
    });
  },
};

/** Of a language its texts in the order of the English ones: their names, in every one of them, would be a third of it. */
const textsOnly = {
  name: 'texts-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]locale[\\/][\w-]+\.json$/ }, ({ path }) => {
      if (basename(path) === 'en.json') return undefined;
      const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
      const table = read(path);
      const texts = Object.keys(read(join(dirname(path), 'en.json'))).map((name) => table[name] ?? null);
      return { contents: JSON.stringify(texts), loader: 'json' };
    });
  },
};

/** Of highlight.js what colours a text: as one object it keeps in the bundle what finds code in pages, and what writes HTML, a fifth of it. */
const colouringOnly = {
  name: 'colouring-only',
  setup({ onLoad }) {
    onLoad({ filter: /highlight\.js[\\/]lib[\\/]core\.js$/ }, ({ path }) => {
      const cuts = [
        ['function updateClassName(', 'function configure('],
        ['const initHighlighting =', 'function registerLanguage('],
        ['function unregisterLanguage(', 'function getLanguage('],
        ['function upgradePluginAPI(', 'function fire('],
        ['function deprecateHighlightBlock(', 'hljs.debugMode ='],
        ['hljs.debugMode =', 'hljs.regex ='],
        ['__emitter: TokenTreeEmitter', '};'],
        ['module.exports =', undefined],
      ];
      let text = readFileSync(path, 'utf8');
      for (const [from, to] of cuts) {
        const start = text.indexOf(from);
        const end = to === undefined ? text.length : text.indexOf(to, start);
        if (start < 0 || end < 0)
          throw new Error(`highlight.js has no longer "${from}": see colouringOnly in build.mjs.`);
        text = text.slice(0, start) + text.slice(end);
      }
      const used = 'highlight, configure, registerLanguage, getLanguage, registerAliases, inherit';
      text = text.replace('hljs.regex =', `Object.assign(hljs, { ${used} });\nhljs.regex =`);
      return { contents: `${text}\nexport default highlight;`, loader: 'js' };
    });
  },
};

/** What it takes to read the sources. */
export const sourcePlugins = [cssAsText, lexerOnly, colouringOnly];

const chatAsOthersDo = {
  name: 'chat-as-others-do',
  setup({ onResolve }) {
    onResolve({ filter: /api\/main\.ts$/ }, () => ({ path: '/clew.js', external: true }));
  },
};

/** The chat imports a part by the name that its file has got. */
function partsByAddress(files) {
  return {
    name: 'parts-by-address',
    setup({ onResolve }) {
      onResolve({ filter: /\/index\.ts$/ }, ({ path, kind }) => {
        const [file] = files[basename(dirname(path))] ?? [];
        return file && kind === 'dynamic-import' ? { path: `./${basename(file)}`, external: true } : undefined;
      });
    },
  };
}

/**
 * Files by part, the one that is imported first: `core` is the chat, `locale de` a language, the others are called as their folders or files. What the
 * chat itself has belongs to no other part.
 */
function entriesOf(metafile, outDir) {
  const fileOf = (path) => relative(outDir, resolve(HERE, path));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [fileOf(path), output]));
  const needed = (file, found = new Set()) => {
    if (found.has(file)) return found;
    found.add(file);
    for (const { path, kind, external } of outputs.get(file)?.imports ?? [])
      if (kind === 'import-statement' && !external) needed(fileOf(path), found);
    return found;
  };
  const files = {};
  for (const [file, { entryPoint }] of outputs) if (entryPoint) files[partOf(entryPoint)] = [...needed(file)];
  const core = new Set(files.core);
  for (const part of Object.keys(files))
    if (part !== 'core') files[part] = files[part].filter((file) => !core.has(file));
  return files;
}

function partOf(entryPoint) {
  const [folder, file] = entryPoint.split('/').slice(-2);
  if (folder === 'chat') return 'core';
  if (folder === 'locale') return `locale ${basename(file, '.json')}`;
  return file === 'index.ts' ? folder : basename(file, '.ts');
}

/** A part without a budget of its own counts towards that of all. */
function measure(outDir, parts) {
  const zipped = (file) => gzipSync(readFileSync(join(outDir, file)), { level: 9 }).length;
  const sum = (files) => files.reduce((bytes, file) => bytes + zipped(file), 0);
  const sizes = Object.entries(parts).map(([part, files]) => ({
    part,
    bytes: sum(files),
    budget: BUDGETS[part.split(' ')[0]] ?? BUDGETS.all,
  }));
  // One reader reads one language besides the English that is in the chat.
  const locales = sizes.filter(({ part }) => part.startsWith('locale '));
  const rest = Object.entries(parts).filter(([part]) => !part.startsWith('locale '));
  const all = sum([...new Set(rest.flatMap(([, files]) => files))]) + Math.max(...locales.map(({ bytes }) => bytes));
  return [...sizes, { part: 'all', bytes: all, budget: BUDGETS.all }];
}

function tableOf(sizes) {
  const row = ({ part, bytes, budget }) =>
    `${part.padEnd(14)}${(bytes / 1024).toFixed(2).padStart(8)} of ${(budget / 1024).toFixed(1).padStart(5)} kB gzip${bytes > budget ? '  TOO LARGE' : ''}`;
  return sizes.map(row).join('\n');
}

function compress(outDir) {
  for (const file of readdirSync(outDir, { recursive: true })) {
    if (!/\.(js|css|html|svg|ts)$/.test(file)) continue;
    const bytes = readFileSync(join(outDir, file));
    writeFileSync(
      join(outDir, `${file}.br`),
      brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
    );
    writeFileSync(join(outDir, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build().then(
    (table) => process.stdout.write(`${table}\n`),
    (error) => {
      if (error instanceof OverBudget) process.stderr.write(`${error.message}\n`);
      else if (!error.errors) throw error;
      process.exitCode = 1;
    },
  );
}
