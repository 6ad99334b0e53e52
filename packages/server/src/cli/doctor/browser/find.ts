import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readVariable } from '../../../config/environment.ts';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
  'brave-browser',
];
const PLACES = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome', '/opt/microsoft/msedge'];
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];
const WINDOWS = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];
/** Variables in which other programs find a browser, too. */
const VARIABLES = ['CHROME_PATH', 'CHROMIUM_PATH'];

/** The program of a browser that speaks the DevTools protocol: one that a variable names, else one of the machine. Undefined when there is none. */
export function findBrowser(variable: (name: string) => string | undefined = readVariable): string | undefined {
  const folders = [...(variable('PATH') ?? '').split(delimiter).filter(Boolean), ...PLACES];
  const windows = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = variable(name);
    return folder ? WINDOWS.map((path) => join(folder, path)) : [];
  });
  const named = VARIABLES.flatMap((name) => variable(name) || []);
  return [...named, ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...MAC, ...windows].find(
    isProgram,
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
