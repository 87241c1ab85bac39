// Whether an ECG's embedding finds the same person's CMR among all, and the reverse.
// Shapes: query_NE, gallery_NE [N, E], row i of both one subject.
import { fault } from '../base/errors.ts'

/** Shares of queries whose own partner is among the first k, the middle rank of the partner, and what chance would give. */
export type Retrieval = {
  n: number
  recallAt: { k: number; value: number; chance: number }[]
  medianRank: number
  chanceMedianRank: number
}

/**
 * Recall at k by cosine similarity. Equal similarities count against the query, so a collapsed embedding scores nothing.
 *
 * @param query_NE    One modality's embeddings. Shape [N, E].
 * @param gallery_NE  The other's, same order. Shape [N, E].
 * @throws            evaluate/shape when the two differ in shape.
 */
export function retrieval(
  query_NE: Float32Array,
  gallery_NE: Float32Array,
  numFeatures: number,
  ks: readonly number[] = [1, 5, 10],
): Retrieval {
  if (query_NE.length !== gallery_NE.length || query_NE.length % numFeatures !== 0 || query_NE.length === 0) {
    throw fault({
      code: 'evaluate/shape',
      where: 'retrieval',
      expected: `query_NE and gallery_NE of one shape [N, ${numFeatures}]`,
      received: `${query_NE.length} and ${gallery_NE.length} values`,
      hint: 'Both must hold the same subjects in the same order.',
    })
  }
  const n = query_NE.length / numFeatures
  const query = unitRows(query_NE, numFeatures)
  const gallery = unitRows(gallery_NE, numFeatures)
  const rank_N = new Float64Array(n)
  const similarity_N = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let total = 0
      for (let e = 0; e < numFeatures; e++) total += query[i * numFeatures + e] * gallery[j * numFeatures + e]
      similarity_N[j] = total
    }
    rank_N[i] = similarity_N.reduce((rank, value, j) => rank + (j !== i && value >= similarity_N[i] ? 1 : 0), 1)
  }
  const sorted = rank_N.toSorted()
  return {
    n,
    recallAt: ks.map((k) => ({ k, value: rank_N.filter((rank) => rank <= k).length / n, chance: Math.min(1, k / n) })),
    medianRank: (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2,
    chanceMedianRank: (n + 1) / 2,
  }
}

function unitRows(values_NE: Float32Array, numFeatures: number): Float64Array {
  const out = Float64Array.from(values_NE)
  for (let start = 0; start < out.length; start += numFeatures) {
    const row = out.subarray(start, start + numFeatures)
    const length = Math.sqrt(row.reduce((total, value) => total + value * value, 0))
    if (length > 0) for (let e = 0; e < numFeatures; e++) row[e] /= length
  }
  return out
}
