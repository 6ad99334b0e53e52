import { DEFAULT_LLM } from './agent.ts';
import { EXAMPLES, type NativeAgentFields, nativeAgent } from './agent-fields.ts';
import { agentRemarks } from './agent-rules.ts';
import { check, place, type Remark } from './check.ts';
import { type AgentReading, type ExternalSurroundings, isExternal, readExternalAgent } from './external-agent.ts';
import type { TextFile } from './files.ts';
import { readYaml } from './yaml.ts';

/** The agent in a YAML file, if the file is free of errors, and what is to be said about it. */
export function readYamlAgent({ file, text }: TextFile, around: ExternalSurroundings): AgentReading {
  const read = readYaml(text, file);
  if (!('value' in read)) return { findings: read };
  if (isExternal(read.value)) return readExternalAgent(read, around);
  const other = otherKind(read.value.kind);
  if (other) return { findings: place(read, [other]) };
  const remarks = check(nativeAgent, read.value, EXAMPLES);
  const wrong = () => remarks.some((remark) => remark.severity === 'error');
  const fields = read.value as unknown as NativeAgentFields;
  if (!wrong()) remarks.push(...agentRemarks(fields, fields.name));
  const findings = place(read, remarks);
  if (wrong()) return { findings };
  return {
    draft: { name: fields.name, llm: fields.llm ?? DEFAULT_LLM, fields, spec: read.value, places: read },
    findings,
  };
}

/** A remark for a file that is well-formed and no native agent. */
function otherKind(kind: unknown): Remark | undefined {
  if (kind === 'assistant') {
    const message = `Agents of kind ${kind} are not supported yet; this file is left out.`;
    return { severity: 'warning', path: ['kind'], message, fix: 'Use a native agent or a code agent in its place.' };
  }
  if (kind === 'external') {
    const message =
      'External agents are supported with the providers `acp`, `external_chat` and `external_chat/A2A/0.3.0`; this file is left out.';
    const fix =
      'If its server speaks one of these, name that one; else use a native agent or a code agent in its place.';
    return { severity: 'warning', path: ['provider'], message, fix };
  }
  if (kind !== 'knowledge_base') return undefined;
  return {
    severity: 'error',
    path: ['kind'],
    message: 'This is a knowledge base, not an agent.',
    fix: 'Move the file to `knowledge_bases/`.',
  };
}
