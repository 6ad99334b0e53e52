export { createEmbedder, type Embedder, EmbeddingFailure } from './embedder.ts';
export { createMeaningIndex, type EmbeddingTrouble, type MeaningIndex, type MeaningOptions } from './meaning-index.ts';
