// How noisy a lead is, blind to its heart beats.

/**
 * Noise of a lead: the median size of second differences, as the standard deviation of white noise that would cause it.
 * A median, because QRS complexes fill a tenth of the samples only.
 */
export function fastNoiseMv(signal_T: Float64Array): number {
  const numBins = 512
  const perBinMv = 0.002
  const bins = new Uint32Array(numBins)
  for (let t = 2; t < signal_T.length; t++) {
    const size = Math.abs(signal_T[t] - 2 * signal_T[t - 1] + signal_T[t - 2])
    bins[Math.min(numBins - 1, Math.floor(size / perBinMv))]++
  }
  let rank = 0
  let bin = 0
  const middle = (signal_T.length - 2) / 2
  while (bin < numBins - 1 && rank + bins[bin] < middle) rank += bins[bin++]
  const within = bins[bin] === 0 ? 0 : (middle - rank) / bins[bin]
  // 0.6745: median of |normal|; sqrt 6: a second difference of white noise is so many times larger.
  return ((bin + within) * perBinMv) / 0.6745 / Math.sqrt(6)
}
