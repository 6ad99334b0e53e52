import { type Manifest, metadata } from '@clew/wire/acp';
import type { Engine } from '../../engine/engine.ts';
import { type Agent, type JsonObject, maySee, type Scope } from '../../model/index.ts';
import { labelOf } from './names.ts';
import { isoTime } from './times.ts';

/** Runs that the measurements in a manifest look back on. */
const MEASURED = 1_000;

const ANYTHING = ['*/*'];

/**
 * An agent as others find it. What the agent's file says under `custom.acp` (`metadata`, `input_content_types`, `output_content_types`) goes before what
 * is made of its other fields; a `metadata` of the wrong shape is left out.
 */
export async function encodeManifest(engine: Engine, scope: Scope, agent: Agent): Promise<Manifest> {
  const { completed, failed, averageMs } = await engine.library.measureAgent(scope, agent.id, MEASURED);
  const own = objectOf(objectOf(agent.spec.custom).acp);
  const stated = metadata.safeParse(own.metadata);
  const runs = completed + failed;
  return {
    name: labelOf(agent.name),
    description: agent.description,
    input_content_types: types(own.input_content_types) ?? ANYTHING,
    output_content_types: types(own.output_content_types) ?? ANYTHING,
    metadata: { ...describe(agent, maySee(scope.audience, 'user')), ...(stated.success ? stated.data : {}) },
    status: {
      ...(averageMs === null ? {} : { avg_run_time_seconds: round(averageMs / 1_000, 3) }),
      ...(runs === 0 ? {} : { success_rate: round((100 * completed) / runs, 2) }),
    },
  };
}

/** Visitors of a page (`inside` false) are not told what the agent works with. */
function describe(agent: Agent, inside: boolean): Manifest['metadata'] {
  const { displayName, description, welcome } = agent;
  const tools = inside ? agent.tools : [];
  return {
    annotations: {
      beeai_ui: {
        ui_type: 'chat',
        display_name: displayName || agent.name,
        user_greeting: welcome.isDefault ? null : welcome.message,
        tools: tools.map((name) => ({ name })),
      },
    },
    framework: 'Clew',
    natural_languages: Array.isArray(agent.spec.language_support) ? (agent.spec.language_support as string[]) : [],
    capabilities: [
      { name: displayName || agent.name, description },
      ...agent.starterPrompts
        .filter(({ state }) => state === 'active')
        .map(({ title, subtitle, prompt }) => ({ name: title, description: subtitle || prompt })),
    ],
    tags: tagsOf(agent),
    created_at: isoTime(agent.createdAt),
    updated_at: isoTime(agent.updatedAt),
    dependencies: [
      ...tools.map((name) => ({ type: 'tool' as const, name })),
      ...agent.collaborators.map((name) => ({ type: 'agent' as const, name: labelOf(name) })),
    ],
  };
}

function tagsOf({ knowledgeBases, spec }: Agent): string[] {
  return ['Chat', ...(knowledgeBases.length > 0 ? ['RAG'] : []), ...(spec.kind === 'external' ? ['External'] : [])];
}

function types(value: unknown): string[] | undefined {
  const list = Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  return list.length > 0 ? list : undefined;
}

function objectOf(value: unknown): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
