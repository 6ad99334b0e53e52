import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { VectorIndex } from '../ports/index.ts';
import type { Project } from '../project/index.ts';
import {
  createEmbedder,
  createMeaningIndex,
  type Embedder,
  findModel,
  isUsable,
  type MeaningIndex,
} from '../runtimes/index.ts';

/** The knowledge index of a server, which searches by meaning where the configuration or a knowledge base names a model for it. */
export interface Embeddings {
  readonly index: MeaningIndex;
  /** Goes on with the knowledge bases of the project as it was read. */
  follow(project: Pick<Project, 'knowledgeBases'>): void;
  /** Embeds what there is, and what comes from now on. A server that works on no runs needs no vectors: it never does. */
  start(): void;
}

/** `knowledge.embeddings` holds for all knowledge bases and files of conversations that name no model of a configured provider themselves. */
export function embeddingsOf({ config, index, log }: { config: Config; index: VectorIndex; log: Logger }): Embeddings {
  const opened = new Map<string, Embedder | undefined>();
  const models = new Map<string, string | null>();
  let started = false;

  function open(model: string): Embedder | undefined {
    if (opened.has(model)) return opened.get(model);
    const access = findModel(model, config.models);
    const embedder = access && isUsable(access) ? createEmbedder(access) : undefined;
    if (access && !isUsable(access)) {
      log.warn({ model }, `nothing is searched by meaning: ${access.message} ${access.fix}`);
    }
    opened.set(model, embedder);
    return embedder;
  }

  const meaning = createMeaningIndex({
    index,
    embedderFor(base) {
      if (!started) return undefined;
      const own = models.get(base);
      const model = own && findModel(own, config.models) ? own : config.knowledge.embeddings;
      return model === null ? undefined : open(model);
    },
    onFilled: (about) => log.info(about, 'passages were embedded'),
    onTrouble: (trouble) =>
      log.warn(trouble, 'the model for embeddings could not be worked with; words are searched all the same'),
  });
  return {
    index: meaning,
    follow({ knowledgeBases }) {
      models.clear();
      for (const { name, embeddings } of knowledgeBases) models.set(name, embeddings);
      meaning.fill([...models.keys()]);
    },
    start() {
      started = config.server.role !== 'api';
      meaning.fill([...models.keys()]);
    },
  };
}
