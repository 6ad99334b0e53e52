import { filesIn, readTextFile } from './files.ts';
import type { Finding } from './project.ts';
import { type Fields, readYaml } from './yaml.ts';

/** The YAML files of a folder of the project, one after another in the order of their names; findings tell of those that cannot be read. */
export async function* yamlFilesIn(root: string, folder: string, findings: Finding[]): AsyncGenerator<Fields> {
  for (const file of await filesIn(root, folder, ['.yaml', '.yml'])) {
    const source = await readTextFile(root, file);
    const read = 'text' in source ? readYaml(source.text, file) : [source];
    if ('value' in read) yield read;
    else findings.push(...read);
  }
}
