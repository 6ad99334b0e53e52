import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { clew } from './console.ts';
import { folderOf } from './project.ts';

describe('clew init', () => {
  test('makes a project and says what to do next', async () => {
    const cwd = folderOf({});
    const { code, stdout } = await clew(['init', 'my-chat'], { cwd });
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('A project is ready in my-chat.');
    expect(stdout).toContain('cd my-chat');
    expect(stdout).toContain('npx clew dev');
    expect(readFileSync(join(cwd, 'my-chat/.gitignore'), 'utf8')).toContain('.clew/');
    expect(existsSync(join(cwd, 'my-chat/.clew'))).toBe(false);
    expect(existsSync(join(cwd, 'my-chat/agents/guide.yaml'))).toBe(true);
  });

  test('takes this folder, a fresh repository counting as empty', async () => {
    const cwd = folderOf({ '.git/HEAD': 'ref: refs/heads/main' });
    const { code, stdout } = await clew(['init'], { cwd });
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('ready in this folder');
    expect(stdout).not.toContain('cd ');
    expect(readdirSync(cwd)).toContain('agents');
  });

  test('refuses a folder with files, unless --force, which keeps them', async () => {
    const cwd = folderOf({ 'clew.config.yaml': '# mine\n', '.gitignore': 'mine\n' });
    const refused = await clew(['init'], { cwd });
    expect(refused).toMatchObject({ code: EXIT.unusable, stdout: '' });
    expect(refused.stderr).toBe(
      'clew: This folder has files in it. Name another folder, or add --force to put the project beside them.\n',
    );
    expect(readdirSync(cwd).sort()).toEqual(['.gitignore', 'clew.config.yaml']);
    expect((await clew(['init', '--force'], { cwd })).code).toBe(EXIT.ok);
    expect(readFileSync(join(cwd, 'clew.config.yaml'), 'utf8')).toBe('# mine\n');
    expect(readFileSync(join(cwd, '.gitignore'), 'utf8')).toBe('mine\n');
    expect(readdirSync(cwd)).toContain('agents');
  });

  test('refuses a file', async () => {
    const cwd = folderOf({ 'a.txt': '' });
    expect(await clew(['init', 'a.txt'], { cwd })).toMatchObject({
      code: EXIT.unusable,
      stderr: 'clew: a.txt is a file. Name a folder.\n',
    });
  });
});
