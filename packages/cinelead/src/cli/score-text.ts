// A score in a line of text.

/** Three decimals, or `not estimable` where nobody could be scored (no labels, or all the same). */
export function scoreText(score: number | null): string {
  return score === null || Number.isNaN(score) ? 'not estimable' : score.toFixed(3)
}
