import { describe, expect, test } from 'vitest';
import { createPrompt } from '../../src/cli/chat/prompt.ts';
import { testConsole } from './console.ts';

const MARK = '› ';

function start(options: Parameters<typeof testConsole>[0] = { terminal: true }) {
  const screen = testConsole(options);
  const prompt = createPrompt(screen.io, {
    mark: MARK,
    complete: (line) => ['/help', '/new'].filter((one) => one.startsWith(line)),
  });
  return { ...screen, prompt };
}

describe('the prompt on a terminal', () => {
  test('reads a line', async () => {
    const { prompt, stdin, screen } = start();
    const line = prompt.read();
    stdin.write('hello\r');
    expect(await line).toBe('hello');
    expect(screen()).toContain(`${MARK}`);
    prompt.close();
  });

  test('hides what is typed while nothing is read, and shows it with the next prompt', async () => {
    const { prompt, stdin, screen, shows } = start();
    const first = prompt.read();
    stdin.write('one\r');
    await first;
    const before = screen().length;
    stdin.write('ahe');
    await new Promise(setImmediate);
    expect(screen().slice(before)).toBe('');
    const second = prompt.read();
    await shows('ahe', before);
    stdin.write('ad\r');
    expect(await second).toBe('ahead');
    prompt.close();
  });

  test('takes lines pasted at once as one message', async () => {
    const { prompt, stdin } = start();
    const plain = prompt.read();
    stdin.write('one\rtwo\r');
    expect(await plain).toBe('one\ntwo');
    const rest = prompt.read();
    stdin.write('one\rtwo\rthr');
    await new Promise(setImmediate);
    stdin.write('ee\r');
    expect(await rest).toBe('one\ntwo\nthree');
    const bracketed = prompt.read();
    stdin.write('\u001b[200~one\r');
    await new Promise(setImmediate);
    stdin.write('two\u001b[201~');
    await new Promise(setImmediate);
    stdin.write('\r');
    expect(await bracketed).toBe('one\ntwo');
    prompt.close();
  });

  test('Ctrl-C first takes away what was typed, then leaves', async () => {
    const { prompt, stdin } = start();
    const line = prompt.read();
    stdin.write('not this');
    stdin.write('\u0003');
    stdin.write('this\r');
    expect(await line).toBe('this');
    const left = prompt.read();
    stdin.write('\u0003');
    expect(await left).toBeUndefined();
    prompt.close();
  });

  test('Ctrl-C while nothing is read goes to who listens, as a key and as a signal', async () => {
    const { prompt, stdin, signal } = start();
    let interrupts = 0;
    const stop = prompt.onInterrupt(() => interrupts++);
    stdin.write('\u0003');
    await new Promise(setImmediate);
    signal('SIGINT');
    expect(interrupts).toBe(2);
    stop();
    signal('SIGINT');
    expect(interrupts).toBe(2);
    prompt.close();
  });

  test('Ctrl-D leaves', async () => {
    const { prompt, stdin } = start();
    const line = prompt.read();
    stdin.write('\u0004');
    expect(await line).toBeUndefined();
    expect(await prompt.read()).toBeUndefined();
    prompt.close();
  });

  test('tab completes', async () => {
    const { prompt, stdin } = start();
    const line = prompt.read();
    stdin.write('/he');
    await new Promise(setImmediate);
    stdin.write('\t');
    await new Promise(setImmediate);
    stdin.write('\r');
    expect(await line).toBe('/help');
    prompt.close();
  });
});

describe('the prompt in a pipe', () => {
  test('reads line after line, then ends', async () => {
    const { prompt, stdin, screen } = start({});
    stdin.end('one\n\ntwo');
    expect(await prompt.read()).toBe('one');
    expect(await prompt.read()).toBe('');
    expect(await prompt.read()).toBe('two');
    expect(await prompt.read()).toBeUndefined();
    expect(screen()).toBe('');
    prompt.close();
  });
});
