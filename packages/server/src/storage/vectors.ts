/** A vector as a database keeps it, and what it is the vector of. */
export interface StoredVector<Ref> {
  readonly ref: Ref;
  /** 32-bit floats, little-endian, of length 1. Empty: what it stands for could not be embedded. */
  readonly bytes: Uint8Array;
}

/** What is near to a vector. */
export interface Near<Ref> {
  readonly ref: Ref;
  /** Cosine, from -1 to 1. */
  readonly similarity: number;
  /** How much nearer than all the others are on average: 0 as they are, 1 the same. Models differ in what cosine they give to texts that have nothing in common. */
  readonly closeness: number;
}

/** The vectors of one knowledge base by one model, wherever they are kept. */
export interface VectorSource<Ref> {
  /** Changes whenever the vectors do. */
  stamp(): Promise<string>;
  load(): Promise<readonly StoredVector<Ref>[]>;
}

interface Table<Ref> {
  readonly stamp: string;
  readonly refs: readonly Ref[];
  readonly size: number;
  /** One after the other, `size` numbers each. */
  readonly numbers: Float32Array;
}

/** Memory for tables: what is used least is read again. */
const CACHE_BYTES = 134_217_728;

/** The vector with length 1, as it is kept. One without length stays empty. */
export function packVector(vector: ArrayLike<number>): Uint8Array {
  const length = Math.hypot(...Array.from(vector));
  if (!(length > 0 && Number.isFinite(length))) return new Uint8Array(0);
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < vector.length; at += 1) view.setFloat32(at * 4, vector[at]! / length, true);
  return bytes;
}

/**
 * Search over all vectors, one by one: exact, without an extension of the database, and quick enough for some ten thousand passages (15 million products for
 * 10,000 vectors of 1,536 numbers). The vectors stay in memory as long as they do not change. Rejected: an approximate index, which pays from a hundred thousand on and
 * would have to be the same on both databases.
 */
export class VectorSearch<Ref> {
  readonly #tables = new Map<string, Table<Ref>>();
  #bytes = 0;

  /** The nearest ones over several sources, the nearest first. `key` names a source; its vectors of another length than `vector` are passed over. */
  async nearest(
    sources: ReadonlyMap<string, VectorSource<Ref>>,
    vector: ArrayLike<number>,
    limit: number,
  ): Promise<Near<Ref>[]> {
    const wanted = unpack(packVector(vector));
    const best: { ref: Ref; similarity: number }[] = [];
    let sum = 0;
    let count = 0;
    for (const [key, source] of sources) {
      const { refs, size, numbers } = await this.#table(key, source);
      if (size !== wanted.length) continue;
      for (const [at, ref] of refs.entries()) {
        let similarity = 0;
        for (let k = 0, from = at * size; k < size; k += 1) similarity += wanted[k]! * numbers[from + k]!;
        sum += similarity;
        if (best.length < limit || similarity > best.at(-1)!.similarity) insert(best, { ref, similarity }, limit);
      }
      count += refs.length;
    }
    // Of a few passages each moves the mean: then what they have in common is taken for less.
    const usual = Math.min(0.95, Math.max(0, sum) / (count + 5));
    return best.map((one) => ({ ...one, closeness: (one.similarity - usual) / (1 - usual) }));
  }

  async #table(key: string, source: VectorSource<Ref>): Promise<Table<Ref>> {
    const stamp = await source.stamp();
    const known = this.#tables.get(key);
    this.#forget(key);
    const table = known?.stamp === stamp ? known : tableOf(stamp, await source.load());
    if (table.numbers.byteLength > CACHE_BYTES) return table;
    this.#tables.set(key, table);
    this.#bytes += table.numbers.byteLength;
    // The oldest use comes first in a map.
    for (const other of this.#tables.keys()) if (this.#bytes > CACHE_BYTES) this.#forget(other);
    return table;
  }

  #forget(key: string): void {
    this.#bytes -= this.#tables.get(key)?.numbers.byteLength ?? 0;
    this.#tables.delete(key);
  }
}

/** Puts one at its place among the best, which stay at most `limit`; of equals, the first stays before. */
function insert<T extends { readonly similarity: number }>(best: T[], one: T, limit: number): void {
  const place = best.findIndex(({ similarity }) => similarity < one.similarity);
  best.splice(place === -1 ? best.length : place, 0, one);
  if (best.length > limit) best.pop();
}

function tableOf<Ref>(stamp: string, vectors: readonly StoredVector<Ref>[]): Table<Ref> {
  // Of a model that was changed behind its name there may be two sizes for a while: the newer ones come last.
  const length = vectors.findLast(({ bytes }) => bytes.byteLength > 0)?.bytes.byteLength ?? 0;
  const used = vectors.filter(({ bytes }) => length > 0 && bytes.byteLength === length);
  const all = new Uint8Array(used.length * length);
  for (const [at, { bytes }] of used.entries()) all.set(bytes, at * length);
  return { stamp, refs: used.map(({ ref }) => ref), size: length / 4, numbers: unpack(all) };
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The numbers in bytes that begin their buffer. Machines of the other order (s390x) read them one by one. */
function unpack(bytes: Uint8Array): Float32Array {
  if (IS_LITTLE_ENDIAN) return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, at) => view.getFloat32(at * 4, true));
}
