import { expect, test } from 'vitest';
import { formatFinding, loadProject } from '../../src/project/index.ts';
import { agentYaml, projectFolder } from './folder.ts';

test('plugins are code; what is wrong with them, and what agents name in vain, is said', async () => {
  const folder = projectFolder({
    'plugins/mask-names.mjs': 'export default { before: ({ text }) => text };\n',
    'plugins/empty.mjs': 'export default {};\n',
    'agents/a.yaml': agentYaml(
      'a',
      'plugins:',
      '  agent_pre_invoke: [{ plugin_name: mask_names }]',
      '  agent_post_invoke: [{ plugin_name: mask_names }, { plugin_name: other }]',
    ),
  });
  const project = await loadProject(folder);
  expect(project.plugins.map(({ plugin, source }) => [plugin.name, source])).toEqual([
    ['mask_names', 'plugins/mask-names.mjs'],
  ]);
  expect(project.findings.map(formatFinding)).toEqual([
    'agents/a.yaml:7: plugins.agent_post_invoke[0].plugin_name: The plugin `mask_names` has no `after`, so that runs of this agent fail. Make a file for it in `plugins/`, or remove the name.',
    'agents/a.yaml:7: plugins.agent_post_invoke[1].plugin_name: There is no working plugin `other`, so that runs of this agent fail. Make a file for it in `plugins/`, or remove the name.',
    'plugins/empty.mjs:1: The plugin has neither `before` nor `after`. Write `export default definePlugin({ before(turn) { … } })`, with `before`, `after` or both.',
  ]);
});
