import { spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/model/index.ts';
import { loadProject } from '../../src/project/index.ts';
import { createToolbox, textForModel } from '../../src/runtimes/tools/index.ts';
import { agentYaml, projectFolder } from './folder.ts';
import { readTools } from './read-tools.ts';

const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;

const ORDERS = `
from __future__ import annotations
import os
from dataclasses import dataclass
from typing import List, Literal, Optional
from ibm_watsonx_orchestrate.agent_builder.tools import tool, ToolPermission
from ibm_watsonx_orchestrate.run import connections
from ibm_watsonx_orchestrate.run.context import AgentRun
from _shop import shop_name

@dataclass
class Line:
    sku: str
    n: int = 1

@tool
def find_order(order: str, verbose: bool = False) -> dict:
    """Finds an order.

    Args:
        order (str): Its number,
            like A100.
    """
    print("not for the protocol")
    return {"order": order, "shop": shop_name(), "verbose": verbose}

@tool(name="buy", display_name="Buy", permission=ToolPermission.READ_WRITE, expected_credentials=[{"app_id": "my-shop"}])
async def buy_lines(lines: List[Line], how: Literal["fast", "slow"], run: AgentRun, note: Optional[str] = None) -> str:
    "Buys."
    key = connections.bearer_token("my-shop").token
    return f"{sum(one.n for one in lines)} {how} {note} {run.request_context['clientID']} {key} {os.environ.get('SHOP_SECRET')}"

@tool(permission="read_only")
def broken() -> str:
    "Breaks."
    raise ValueError("There is no more paper.\\nReally.")
`;
const SHOP = `kind: connection\napp_id: my-shop\nenvironments: { draft: { kind: bearer, token: "\${SHOP_TOKEN}" } }\n`;
const files = {
  'tools/orders.py': ORDERS,
  'tools/_shop.py': 'def shop_name():\n    return "Meander"\n',
  'tools/test_orders.py': 'raise Exception()',
  'connections/shop.yaml': SHOP,
  'agents/a.yaml': agentYaml('a', 'llm: test/small', 'tools: [find_order, buy]'),
};

describe.skipIf(!hasPython)('tools in Python (needs python3)', () => {
  it('are what `@tool` marks, with a schema of the signature and the docstring', async () => {
    const { toolkits, said } = await readTools(files);
    expect(said).toEqual([expect.stringMatching(/^warning agents\/a\.yaml:5 llm: There is no model/)]);
    expect(toolkits).toMatchObject([
      { source: 'tools/orders.py', server: { tools: ['find_order', 'buy', 'broken'], tellsContext: true } },
    ]);
    const reach = toolkits[0]?.server.reach as { readonly env: JsonObject };
    expect(reach.env).toMatchObject({
      WXO_SECURITY_SCHEMA_my_shop: 'bearer_token',
      WXO_CONNECTION_my_shop_token: 's3cret',
    });
  });

  it('are called in one process, with context and credentials and no other secrets', async () => {
    process.env.SHOP_SECRET = 'of the server';
    const box = createToolbox();
    onTestFinished(async () => {
      delete process.env.SHOP_SECRET;
      await box.close();
    });
    const { toolkits } = await readTools(files);
    box.replace({ tools: [], toolkits: toolkits.map(({ server }) => server) });
    const signal = new AbortController().signal;
    const [find, buy, broken] = await box.resolve(['find_order', 'buy', 'broken'], signal);
    expect(find).toMatchObject({
      permission: 'read_only',
      approve: false,
      description: 'Finds an order.',
      inputSchema: {
        properties: {
          order: { type: 'string', description: 'Its number, like A100.' },
          verbose: { type: 'boolean', default: false },
        },
        required: ['order'],
      },
    });
    expect(buy).toMatchObject({ displayName: 'Buy', permission: 'read_write', approve: true });
    expect(buy?.inputSchema).toMatchObject({
      properties: {
        lines: { type: 'array', items: { properties: { n: { type: 'integer' } }, required: ['sku'] } },
        how: { enum: ['fast', 'slow'] },
      },
      required: ['lines', 'how'],
    });
    const around = { runId: 'r', stepId: 's1', threadId: 't', signal, show: () => {} };
    const context = { clientID: '7' };
    const results = await Promise.all([
      find?.call({ order: 'A1' }, { ...around, context }),
      buy?.call({ lines: [{ sku: 'a', n: 3 }, { sku: 'b' }], how: 'fast' }, { ...around, context }),
      broken?.call({}, { ...around, context }),
    ]);
    expect(results[0]?.structuredContent).toEqual({ order: 'A1', shop: 'Meander', verbose: false });
    expect(textForModel(results[1] as never)).toBe('4 fast None 7 s3cret None');
    expect(results[2]).toMatchObject({ isError: true, content: [{ text: 'There is no more paper.\nReally.' }] });
  });

  it('that cannot be loaded are told of, with their line', async () => {
    const { said, toolkits } = await readTools({
      'tools/a.py': 'import os\nimport nothing_of_the_kind\n',
      'tools/b.py': 'def f(:\n  pass\n',
      'tools/c.py': 'print(1)\n',
      'tools/d.py':
        'from ibm_watsonx_orchestrate.agent_builder.tools import tool\n@tool(expected_credentials=["crm"])\ndef same(): ...\n',
      'tools/e.py': 'from ibm_watsonx_orchestrate.agent_builder.tools import tool\n@tool\ndef same(): ...\n',
    });
    expect(said.map((one) => one.replace(/ (Correct|Mark|Make|Give) .*$/, ''))).toEqual([
      "error tools/a.py:2 The file cannot be loaded: ModuleNotFoundError: No module named 'nothing_of_the_kind'.",
      expect.stringMatching(/^error tools\/b\.py:1 The file cannot be loaded: SyntaxError: /),
      'warning tools/c.py:1 The file has no function that is marked with `@tool`.',
      'warning tools/d.py:2 There is no working connection `crm`, which `same` expects.',
      'error tools/e.py:2 `tools/d.py` has a tool `same`, too; this one is left out.',
    ]);
    expect(toolkits[0]?.server.tools).toEqual(['same']);
  });
});

it('without Python the files are left out, and a finding says what to do', async () => {
  const folder = projectFolder({ 'agents/a.yaml': agentYaml('a'), 'tools/orders.py': ORDERS });
  const { findings, toolkits } = await loadProject(folder, { python: 'no-such-python' });
  expect(toolkits).toEqual([]);
  expect(findings).toMatchObject([
    {
      severity: 'warning',
      file: 'tools/orders.py',
      message: 'There is no Python to run this file with (`no-such-python`: ENOENT); it is left out.',
      fix: 'Install Python 3.9 or later, or name it with the setting `python`.',
    },
  ]);
});

it('a project without Python files starts nothing', async () => {
  const { said } = await readTools({ 'tools/_helper.py': 'broken (' });
  expect(said).toEqual([]);
});
