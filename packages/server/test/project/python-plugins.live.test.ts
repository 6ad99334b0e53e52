import { spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatFinding, loadProject } from '../../src/project/index.ts';
import { type PluginAnswer, pythonPlugin } from '../../src/runtimes/plugins/index.ts';
import { createToolbox } from '../../src/runtimes/tools/index.ts';
import { agentYaml, projectFolder } from './folder.ts';

const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;

/** As the documentation of the ADK writes them. */
const GUARDS = `
from ibm_watsonx_orchestrate.agent_builder.tools import tool
from ibm_watsonx_orchestrate.agent_builder.tools.types import (
    AgentPostInvokePayload, AgentPostInvokeResult, AgentPreInvokePayload, AgentPreInvokeResult,
    Message, PluginContext, PythonToolKind, Role, TextContent,
)

@tool(description="Keeps passwords out.", kind=PythonToolKind.AGENTPREINVOKE)
def guard(plugin_context: PluginContext, agent_pre_invoke_payload: AgentPreInvokePayload) -> AgentPreInvokeResult:
    text = agent_pre_invoke_payload.messages[-1].content.text
    if text == "nothing":
        return AgentPreInvokeResult(continue_processing=True)
    if text == "silent":
        return AgentPreInvokeResult(continue_processing=False)
    changed = agent_pre_invoke_payload.model_copy(deep=True)
    if "password" in text:
        said = "No passwords, " + plugin_context.state["context"]["clientID"] + "."
        changed.messages[-1] = Message(role=Role.ASSISTANT, content=TextContent(type="text", text=said))
        return AgentPreInvokeResult(continue_processing=False, modified_payload=changed)
    changed.messages[-1] = Message(role=Role.USER, content=TextContent(type="text", text=text.replace("1234", "…")))
    result = AgentPreInvokeResult()
    result.modified_payload = changed
    return result

@tool(description="Masks.", kind=PythonToolKind.AGENTPOSTINVOKE)
async def mask(plugin_context: PluginContext, agent_post_invoke_payload: AgentPostInvokePayload) -> AgentPostInvokeResult:
    result = AgentPostInvokeResult()
    first = agent_post_invoke_payload.messages[0]
    if first.content.text == "boom":
        raise ValueError("The guard broke.")
    first.content.text = first.content.text.replace("ACME", "Acme")
    result.modified_payload = agent_post_invoke_payload
    return result
`;

describe.skipIf(!hasPython)('plugins in Python (needs python3)', () => {
  it('are functions whose kind says so; they look, change and refuse', async () => {
    const project = await loadProject(
      projectFolder({
        'tools/guards.py': GUARDS,
        'plugins/mask.mjs': 'export default { after: () => undefined };\n',
        'agents/a.yaml': agentYaml(
          'a',
          'plugins:',
          '  agent_pre_invoke: [{ plugin_name: guard }]',
          '  agent_post_invoke: [{ plugin_name: mask }, { plugin_name: guard }]',
        ),
      }),
    );
    expect(project.plugins.map(({ python, source }) => [python, source])).toEqual([
      [{ name: 'guard', hook: 'before' }, 'tools/guards.py'],
      [{ name: 'mask', hook: 'after' }, 'tools/guards.py'],
    ]);
    expect(project.findings.map(formatFinding)).toEqual([
      expect.stringContaining('The plugin `guard` has no `after`'),
      expect.stringMatching(/^plugins\/mask\.mjs:1: name: `tools\/guards\.py` has the same name/),
    ]);

    const toolbox = createToolbox();
    onTestFinished(() => toolbox.close());
    toolbox.replace({ tools: [], toolkits: project.toolkits.map(({ server }) => server) });
    const [guard, mask] = project.plugins.map(({ python }) => pythonPlugin(python!, toolbox));
    const turn = { runId: 'r', threadId: 't', agent: 'a', context: { clientID: 'C7' }, parts: [], question: '' };
    const seen = (text: string): PluginAnswer => ({ ...turn, text, signal: new AbortController().signal });
    expect(await guard?.before?.(seen('my password'))).toEqual({ refuse: 'No passwords, C7.' });
    expect(await guard?.before?.(seen('silent'))).toEqual({ refuse: 'This message was not allowed.' });
    expect(await guard?.before?.(seen('card 1234'))).toEqual({ text: 'card …' });
    expect(await guard?.before?.(seen('nothing'))).toBeUndefined();
    expect(await mask?.after?.(seen('ACME here'))).toEqual({ text: 'Acme here' });
    expect(await mask?.after?.(seen('as it is'))).toBeUndefined();
    await expect(mask?.after?.(seen('boom'))).rejects.toThrow('The guard broke.');
  });
});
