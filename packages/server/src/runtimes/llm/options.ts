import type { Agent } from '../../model/index.ts';
import type { Attachments, KnowledgeIndex, Toolbox } from '../../ports/index.ts';
import type { Pace } from '../code/index.ts';
import type { Colleagues } from '../collaborators/index.ts';
import type { LanguageModel } from './sdk.ts';

/** Why a model could not be worked with, or how it was worked with all the same, for whoever runs this server. */
export interface ModelTrouble {
  readonly runId: string;
  readonly agent: string;
  readonly code: string;
  readonly status?: number;
  /** Without secrets. */
  readonly message: string;
}

/** What agents with a model work with. */
export interface LlmOptions {
  readonly index: KnowledgeIndex;
  /** Files of messages. Default: there are none. */
  readonly attachments?: Attachments;
  /** Default: there are no tools. */
  readonly toolbox?: Toolbox;
  /** What a knowledge base is about, for the model. Default: nothing is said. */
  readonly describeBase?: (knowledgeBase: string) => string;
  /** Agents that others hand over to. Default: there are none. */
  readonly colleagues?: Colleagues;
  /** Told of defects of agents that others handed over to. Default: nobody is. */
  readonly onDefect?: (error: unknown, about: { readonly runId: string }) => void;
  /** Default: nobody is told. */
  readonly onTrouble?: (trouble: ModelTrouble) => void;
  /** Opens the model of an agent in the place of its provider's. Default: none is opened so. */
  readonly openModel?: (agent: Agent) => Pick<LanguageModel, 'doStream'>;
  /** Default: real time. */
  readonly pace?: Pace;
  /** From 0 to 1, for waits between tries. Default: `Math.random`. */
  readonly random?: () => number;
}
