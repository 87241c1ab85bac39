// How noisy a lead is, blind to its heart beats.

/**
 * Noise of a lead: the median size of second differences, as the standard deviation of white noise that would cause it.
 * A median, because QRS complexes fill a tenth of the samples only.
 */
export function fastNoiseMv(signal_T: Float64Array): number {
  const numBins = 512
  const perMv = 500 // bins of 2 µV
  const bins = new Uint32Array(numBins)
  let before = signal_T[0]
  let here = signal_T[1]
  for (let t = 2; t < signal_T.length; t++) {
    const next = signal_T[t]
    const bin = Math.abs(next - 2 * here + before) * perMv
    bins[bin < numBins ? bin | 0 : numBins - 1]++
    before = here
    here = next
  }
  let rank = 0
  let bin = 0
  const middle = (signal_T.length - 2) / 2
  while (bin < numBins - 1 && rank + bins[bin] < middle) rank += bins[bin++]
  const within = bins[bin] === 0 ? 0 : (middle - rank) / bins[bin]
  // 0.6745: median of |normal|; sqrt 6: a second difference of white noise is so many times larger.
  return (bin + within) / perMv / 0.6745 / Math.sqrt(6)
}
