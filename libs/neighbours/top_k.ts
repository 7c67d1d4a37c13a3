/**
 * The k largest of many similarities, kept while they come block by block.
 *
 * @module
 */

/** The most similar items so far. */
export interface TopK {
  /** `[k]`, the most similar first; -1 where there is none yet. */
  readonly indices: Int32Array;
  /** `[k]`, descending; -Infinity where there is none yet. */
  readonly similarities: Float32Array;
}

/**
 * Returns empty places for k items.
 *
 * @param k Items to keep, at min 1.
 * @returns No items yet: indices -1, similarities -Infinity.
 */
export const emptyTopK = (k: number): TopK => ({
  indices: new Int32Array(k).fill(-1),
  similarities: new Float32Array(k).fill(-Infinity),
});

/**
 * Merges a block of similarities into `best`, in place.
 *
 * O(block + inserted * k). Of equal similarities the one that came first is
 * nearer.
 *
 * @param best The most similar items of the blocks before.
 * @param block Finite similarities of items `first`, `first + 1` …
 * @param first Number of the block's first item.
 */
export const mergeBlock = (
  { indices, similarities }: TopK,
  block: Float32Array,
  first: number,
): void => {
  const k = indices.length;
  let min = similarities[k - 1]!;
  for (let i = 0; i < block.length; i++) {
    const similarity = block[i]!;
    if (similarity <= min) continue;
    let place = k - 1;
    for (; place > 0 && similarities[place - 1]! < similarity; place--) {
      similarities[place] = similarities[place - 1]!;
      indices[place] = indices[place - 1]!;
    }
    similarities[place] = similarity;
    indices[place] = first + i;
    min = similarities[k - 1]!;
  }
};
