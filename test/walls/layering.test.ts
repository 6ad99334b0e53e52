import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { breach, roomOf } from './breach.ts';
import { findCycles } from './cycles.ts';
import { ROOMS } from './rooms.ts';
import { parse, ROOT, readSources } from './source.ts';

const POINTER = 'The plan is in ARCHITECTURE.md under "Rooms"; why it is a test is in docs/adr/0002-walls-as-tests.md.';
const sources = readSources();

describe('walls', () => {
  test('every file lies in a room', () => {
    const homeless = sources.filter((source) => !roomOf(source.path)).map((source) => source.path);
    expect(homeless, `These files lie in no room. Move them, or add a room to test/walls/rooms.ts. ${POINTER}`).toEqual(
      [],
    );
  });

  test.for(ROOMS.filter((room) => sources.some((source) => roomOf(source.path) === room)))(
    '$name imports only what it may',
    (room) => {
      const breaches = sources
        .filter((source) => roomOf(source.path) === room)
        .flatMap((source) => source.imports.map((one) => ({ source, one, problem: breach(room, one) })))
        .filter(({ problem }) => problem !== undefined)
        .map(({ source, one, problem }) => `${source.path}:${one.line} imports ${one.specifier}: ${problem}`);
      expect(breaches, `Because ${room.reason}. ${POINTER}`).toEqual([]);
    },
  );

  test('imports name files that exist, with their ending', () => {
    const lost = sources.flatMap((source) =>
      source.imports
        .filter((one) => one.target !== null && !existsSync(join(ROOT, one.target)))
        .map((one) => `${source.path}:${one.line} imports ${one.specifier}`),
    );
    expect(lost).toEqual([]);
  });

  test('there are no import cycles, of types neither', () => {
    const edges = new Map(sources.map((source) => [source.path, source.imports.flatMap((one) => one.target ?? [])]));
    const cycles = findCycles(edges).map((cycle) => cycle.join(' → '));
    expect(
      cycles,
      `Files in a cycle can only be understood together. Move what both need into a third file. ${POINTER}`,
    ).toEqual([]);
  });
});

describe('the walls themselves', () => {
  const at = (path: string, text: string) => {
    const room = roomOf(path);
    if (!room) throw new Error(`${path} has no room`);
    return parse(path, text).imports.map((one) => breach(room, one));
  };

  test('see every kind of import', () => {
    const text = `
      import '../storage/a.ts';
      import type { B } from '../storage/b.ts';
      export * from '../storage/c.ts';
      export type { D } from '../storage/d.ts';
      await import('../storage/e.ts');
      type F = import('../storage/f.ts').F;
      new Worker(new URL('../storage/g.worker.ts', import.meta.url));
    `;
    expect(at('packages/server/src/engine/x.ts', text)).toEqual(Array(7).fill('engine may not import storage'));
  });

  test('tell types from values where only types may pass', () => {
    const path = 'packages/server/src/wires/acp/x.ts';
    expect(at(path, `import type { Engine } from '../../engine/engine.ts';`)).toEqual([undefined]);
    expect(at(path, `import { type Engine } from '../../engine/engine.ts';`)).toEqual([undefined]);
    expect(at(path, `import { Engine } from '../../engine/engine.ts';`)).toEqual([
      'wires/acp may import only types of engine entry',
    ]);
    expect(at(path, `import type { X } from '../../engine/tail.ts';`)).toEqual(['wires/acp may not import engine']);
    expect(at(path, `import { x } from '../orchestrate/x.ts';`)).toEqual([
      'wires/acp may not import wires/orchestrate',
    ]);
  });

  test('refuse packages that a room has no business with', () => {
    expect(at('packages/server/src/model/x.ts', `import { z } from 'zod';`)).toEqual([
      'model may not import the package zod',
    ]);
    expect(at('packages/server/src/http/x.ts', `import 'node:sqlite';`)).toEqual([
      'http may not import the package node:sqlite',
    ]);
    expect(at('packages/widget/src/x.ts', `import 'clew';`)).toEqual(['widget may not import the package clew']);
  });

  test('find cycles, and only cycles', () => {
    const graph = (text: string) => new Map(text.split(' ').map((edge) => [edge.slice(0, 1), [...edge.slice(1)]]));
    expect(findCycles(graph('abc bd cd d'))).toEqual([]);
    expect(findCycles(graph('ab bc ca da'))).toEqual([['a', 'b', 'c', 'a']]);
    expect(findCycles(graph('aa bb'))).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
  });
});
