import { loadProject } from '../../src/project/index.ts';
import { agentYaml, projectFolder } from './folder.ts';

const ENVIRONMENT: Readonly<Record<string, string>> = { SHOP_TOKEN: 's3cret', SHOP: 'http://127.0.0.1:9' };
const variable = (name: string) => ENVIRONMENT[name];

/** What a project says of its files; `self` is a module that Node can import from anywhere. */
export async function readTools(files: Readonly<Record<string, string>>) {
  const self = new URL('./define-tool.mjs', import.meta.url).href;
  const project = await loadProject(projectFolder({ 'agents/a.yaml': agentYaml('a'), ...files }), { variable, self });
  const said = project.findings.map(
    ({ severity, file, line, field, message, fix }) =>
      `${severity} ${file}:${line} ${field}${field ? ': ' : ''}${message} ${fix}`,
  );
  return { ...project, said };
}
