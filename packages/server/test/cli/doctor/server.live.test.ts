import { describe, expect, test } from 'vitest';
import { apply, failures, lineWith, world } from './world.ts';

describe('a chat that is as it must be', () => {
  test('has nothing to mend', async () => {
    const it = await world();
    const lines = await it.lines();
    expect(lines.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(lines.map(({ what }) => what).join('\n')).toContain('The agent is "echo"');
  });
});

describe('between the page and the server', () => {
  test.each([
    ['cors_missing', ['proxy_hide_header Access-Control-Allow-Origin;']],
    ['cors_double', ['add_header Access-Control-Allow-Origin *;']],
    ['preflight_refused', ['limit_except GET HEAD POST { deny all; }']],
    ['stream_buffered', ['proxy_buffering on;']],
    ['stream_cut', ['proxy_read_timeout 0.01s;']],
  ] as const)('%s is found, and gone after the printed fix', async (code, proxy) => {
    const it = await world();
    it.proxy = [...proxy];
    const lines = await it.lines();
    expect(failures(lines)).toEqual([code]);
    await apply(lineWith(lines, code), it);
    expect(failures(await it.lines())).toEqual([]);
  });

  test('idle_cut is found where a silence is asked for, and gone after the printed fix', async () => {
    const it = await world();
    it.proxy = ['proxy_read_timeout 0.6s;'];
    expect(failures(await it.lines())).toEqual([]);
    const lines = await it.lines({ idle: 1 });
    expect(failures(lines)).toEqual(['idle_cut']);
    await apply(lineWith(lines, 'idle_cut'), it);
    expect(failures(await it.lines({ idle: 1 }))).toEqual([]);
  });

  test('clock_skew is told where the clocks differ', async () => {
    const it = await world();
    it.proxy = [`add_header Date "${new Date(Date.now() + 3_600_000).toUTCString()}";`];
    const line = lineWith(await it.lines(), 'clock_skew');
    expect(line.what).toContain('60 minutes ahead of');
    expect(line.change).toBe('timedatectl set-ntp true');
    it.proxy = [];
    expect((await it.lines()).map(({ code }) => code)).not.toContain('clock_skew');
  });
});

describe('the channel', () => {
  test('origin_refused is found, and gone after the printed fix', async () => {
    const it = await world({ channel: { origins: ['https://www.example.com'] } });
    const lines = await it.lines();
    expect(failures(lines)).toEqual(['origin_refused']);
    const line = lineWith(lines, 'origin_refused');
    expect(line.change).toBe(`channels:\n  shop:\n    origins:\n      - ${new URL(it.page).origin}`);
    await apply(line, it);
    expect(failures(await it.lines())).toEqual([]);
  });

  test('agent_unknown names those that there are', async () => {
    const it = await world();
    it.configuration[2] = `chatOptions: { agentId: 'eccho' },`;
    const lines = await it.lines();
    expect(failures(lines)).toEqual(['agent_unknown']);
    await apply(lineWith(lines, 'agent_unknown'), it);
    expect(failures(await it.lines())).toEqual([]);
  });
});

describe('the address of the server', () => {
  test('loader_missing finds the server above it', async () => {
    const it = await world({ cached: false });
    it.configuration[1] = `hostURL: '${it.host}/chat/v2',`;
    const lines = await it.lines();
    expect(failures(lines)).toEqual(['loader_missing']);
    expect(lineWith(lines, 'loader_missing').change).toBe(`hostURL: '${it.host}',`);
  });

  test('loader_not_script is what a site answers that knows all paths', async () => {
    const it = await world();
    const { listen } = await import('./front.ts');
    const other = await listen((_, outgoing) =>
      outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<h1>An app</h1>'),
    );
    it.configuration[1] = `hostURL: '${other}',`;
    expect(failures(await it.lines())).toEqual(['loader_not_script']);
  });

  test('host_unreachable says why', async () => {
    const it = await world();
    it.configuration[1] = `hostURL: 'http://127.0.0.1:1',`;
    const lines = await it.lines();
    expect(failures(lines)).toEqual(['host_unreachable']);
    expect(lineWith(lines, 'host_unreachable').what).toMatch(/nothing listens at this address|cannot be reached/);
  });

  test('host_invalid is found, and gone after the printed fix', async () => {
    const it = await world();
    it.configuration[1] = `hostURL: '${it.host.replace('http://', '')}',`;
    const lines = await it.lines();
    expect(failures(lines)).toEqual(['host_invalid']);
    await apply(lineWith(lines, 'host_invalid'), it);
    expect(failures(await it.lines())).toEqual([]);
  });
});
