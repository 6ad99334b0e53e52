import { type Command, Option } from 'commander';
import { SETTINGS, type Setting, type SettingKey } from '../config/index.ts';

const FIRST: readonly SettingKey[] = ['server.host', 'server.port', 'storage.file', 'server.publicUrl', 'log.level'];

/** What stands for a value in the help. */
const VALUES: Readonly<Record<Setting['type'], string>> = {
  integer: 'n',
  boolean: 'true|false',
  text: 'name',
  path: 'file',
  address: 'url',
  choice: 'word',
};

/** Adds `--project` and an option for each row of the table of settings; what people reach for stands first. */
export function addSettings(command: Command): Command {
  command.option('--project <folder>', 'Folder of the project.', '.');
  const rank = (key: SettingKey) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  for (const setting of [...SETTINGS].sort((a, b) => rank(a.key) - rank(b.key))) {
    const words = setting.words ? ` One of ${setting.words.join(', ')}.` : '';
    const shown = setting.fallback === null ? '' : ` (default: ${setting.shownDefault})`;
    const option = new Option(`--${setting.flag} <${VALUES[setting.type]}>`, `${setting.description}${words}${shown}`);
    if (!FIRST.includes(setting.key)) option.helpGroup('Further settings (docs/config.md):');
    command.addOption(option);
  }
  return command;
}
