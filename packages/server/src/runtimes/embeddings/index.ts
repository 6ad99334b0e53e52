export { createEmbedder, type Embedder } from './embedder.ts';
export { createMeaningIndex, type EmbeddingTrouble, type MeaningIndex, type MeaningOptions } from './meaning-index.ts';
