// Truth: closed forms on made-up arrays, and what an augmentation must leave alone.
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { phenotypeIds } from '../base/phenotypes.ts'
import { armViews, contrastiveArms, middleSlice, viewCut, views, viewShape } from './arms.ts'
import { createBlocks } from './blocks.ts'
import { augmentCmr } from './augment-cmr.ts'
import { augmentEcg, cropInTime, evenCrops } from './augment-ecg.ts'
import { hold } from './held.ts'
import { plantedSource } from './planted-source.ts'
import { rowsOf } from './source.ts'
import { standardOf } from './standard.ts'

const shape = { numSubjects: 20, numSamples: 500, numFrames: 4, numSlices: 6, numRows: 16 }
const values = (tensor: torch.Tensor) => Array.from(tensor.reshape([-1]).toArray() as Float32Array)

describe('standardOf', () => {
  it('takes mean and deviation over the given rows only, leaving NaN out', () => {
    const { mean, deviation } = standardOf([[1, 3, Number.NaN, 1000]], [0, 1, 2])
    expect([mean, deviation]).toEqual([[2], [1]])
  })
})

describe('createBlocks', () => {
  it('gives rows of several blocks in the order asked for, as float32', () => {
    const all = torch.arange(10 * 3, { dtype: 'float32' }).reshape([10, 3])
    const blocks = createBlocks([all.narrow(0, 0, 4), all.narrow(0, 4, 1), all.narrow(0, 5, 5)].map((block) => block.half()))
    const picked = blocks.pick([9, 0, 4, 3, 5, 0])
    expect(picked.dtype).toBe('float32')
    expect(values(picked.select(1, 0))).toEqual([27, 0, 12, 9, 15, 0])
    expect(values(blocks.pick([6, 7]).select(1, 2))).toEqual([20, 23])
  })
})

describe('arms', () => {
  it('gives each arm the views of the abstract, with their shapes', () => {
    const source = plantedSource(1, shape)
    const shapes = contrastiveArms.map((arm) => [arm, armViews[arm].map((view) => viewShape(source, view))])
    expect(Object.fromEntries(shapes)).toEqual({
      'cl-2d': [[16, 16]],
      'cl-2dt': [[4, 16, 16]],
      'cl-3d': [[6, 16, 16]],
      tcl: [
        [6, 16, 16],
        [6, 16, 16],
      ],
    })
    expect(views.es.array).toBe('es')
  })
})

describe('viewCut', () => {
  const source = plantedSource(1, { ...shape, numFrames: 12 })

  it('takes slices from the middle and frames evenly from the first on', () => {
    expect(viewCut(source, 'ed', { numSlices: 3 })).toEqual({ start: 2, step: 1, count: 3 })
    expect(viewCut(source, 'es', { numSlices: 1 }).start).toBe(middleSlice(6))
    expect(viewCut(source, 'ed')).toEqual({ start: 0, step: 1, count: 6 })
    expect(viewCut(source, 'cine', { numFrames: 4 })).toEqual({ start: 0, step: 3, count: 4 })
    expect(viewShape(source, 'cine', { numFrames: 4 })).toEqual([4, 16, 16])
  })

  it('refuses more slices than are stored, and frames that cannot be spaced evenly', () => {
    expect(() => viewCut(source, 'ed', { numSlices: 7 })).toThrow(/batches\/extent .*1 to 6 slices, as are stored but received 7/)
    expect(() => viewCut(source, 'cine', { numFrames: 5 })).toThrow(/batches\/extent .*divides the 12 stored but received 5/)
  })
})

describe('hold', () => {
  it('shows as many slices and frames as it was told, those of the source', () => {
    const source = plantedSource(1, { ...shape, numFrames: 12 })
    const held = hold(source, 'normalised', 'cpu', { numSlices: 2, numFrames: 3 })
    torch.scope(() => {
      const [volume, cine] = [source.read('es', [4]), source.read('cine', [4])]
      expect(values(held.view('es', [4]))).toEqual([...volume.subarray(2 * 256, 4 * 256)])
      expect(values(held.view('cine', [4]))).toEqual([0, 4, 8].flatMap((frame) => [...cine.subarray(frame * 256, (frame + 1) * 256)]))
    })
    held.free()
  })

  it('gives rows as they are in the source, a slice from the middle of the ED volume', () => {
    const source = plantedSource(1, shape)
    const held = hold(source, 'normalised')
    torch.scope(() => {
      expect(values(held.ecg([3]))).toEqual([...source.read('ecg', [3])])
      const volume = source.read('ed', [5])
      expect(values(held.view('slice', [5]))).toEqual([...volume.subarray(3 * 256, 4 * 256)])
      expect(held.view('cine', [1, 2]).shape).toEqual([2, 4, 16, 16])
    })
    held.free()
  })

  it('standardises amplitudes and phenotypes by the training split alone', () => {
    const source = plantedSource(1, shape)
    const train = rowsOf(source, 'train')
    const held = hold(source, 'millivolt')
    torch.scope(() => {
      for (const table of [held.scale(train), held.measured(train)]) {
        for (const mean of values(table.mean([0]))) expect(mean).toBeCloseTo(0, 5)
        for (const deviation of values(table.std([0], { correction: 0 }))) expect(deviation).toBeCloseTo(1, 4)
      }
      expect(held.measured(train).shape).toEqual([train.length, phenotypeIds.length])
      expect(held.ecg(train).square().mean().item()).toBeCloseTo(1, 4)
    })
    held.free()
  })

  it('takes the amplitudes of the lead groups from the millivolts', () => {
    const source = plantedSource(1, shape)
    const train = rowsOf(source, 'train')
    const held = hold(source, 'normalised')
    const { mean, deviation } = held.standards.scale
    const standardised = values(torch.scope(() => held.scale([train[0]])))
    const ecgMv = source.read('ecgMv', [train[0]])
    const chest = ecgMv.subarray(6 * shape.numSamples)
    const chestMean = chest.reduce((sum, value) => sum + value, 0) / chest.length
    const chestMv = Math.sqrt(chest.reduce((sum, value) => sum + (value - chestMean) ** 2, 0) / chest.length)
    expect(Math.exp(standardised[2] * deviation[2] + mean[2])).toBeCloseTo(chestMv, 4)
    held.free()
  })

  it('leaves no tensor behind when freed', () => {
    const before = torch.live().handles
    const held = hold(plantedSource(1, shape), 'normalised')
    torch.scope(() => void held.view('slice', [0, 1]))
    held.free()
    expect(torch.live().handles).toBe(before)
  })
})

describe('augmentEcg', () => {
  const ramp = () => torch.arange(12 * 100, { dtype: 'float32' }).reshape([1, 12, 100])

  it('crops the same stretch of all leads, anywhere in the recording', () => {
    torch.manualSeed(1)
    const starts = new Set<number>()
    for (let i = 0; i < 200; i++) {
      torch.scope(() => {
        const crop = cropInTime(ramp(), 98)
        const start = crop.select(1, 0).select(1, 0).item()
        starts.add(start)
        expect(values(crop.select(1, 4))).toEqual(Array.from({ length: 98 }, (_, t) => 400 + start + t))
      })
    }
    expect([...starts].sort()).toEqual([0, 1, 2])
  })

  it('leaves what it was given as it was', () => {
    const [whole, before] = [ramp(), values(ramp())]
    augmentEcg(whole, { cropSamples: 100, jitter: 1, rescale: 1, leadDropout: 0.5 })
    augmentCmr(whole.reshape([1, 12, 10, 10]), { rotationRad: 0, scaleFraction: 0, shiftFraction: 0, intensityFraction: 1 })
    expect(values(whole)).toEqual(before)
  })

  it('repeats for one seed and differs for another', () => {
    const settings = { cropSamples: 80, jitter: 0.1, rescale: 0.1, leadDropout: 0.2 }
    const drawn = (seed: number) => {
      torch.manualSeed(seed)
      return values(augmentEcg(ramp(), settings))
    }
    expect(drawn(1)).toEqual(drawn(1))
    expect(drawn(1)).not.toEqual(drawn(2))
  })

  it('turns phases without changing any amplitude of the spectrum, alike in all leads', () => {
    torch.manualSeed(4)
    const settings = { jitter: 0, rescale: 0, leadDropout: 0 }
    const largest = (tensor: torch.Tensor) => tensor.abs().max().item()
    const amplitudes = (x: torch.Tensor) => (torch.call('aten::view_as_real', torch.fftRfft(x)) as torch.Tensor).square().sum([3]).sqrt()
    for (const cropSamples of [100, 101]) {
      const half = torch.randn([2, 6, cropSamples]).add(2) // leads with a mean, which has no phase either
      const ecg = torch.cat([half, half], 1)
      expect(largest(augmentEcg(ecg, { ...settings, cropSamples, phaseNoiseRad: 1e-9 }).sub(ecg))).toBeLessThan(1e-5)
      const turned = augmentEcg(ecg, { ...settings, cropSamples, phaseNoiseRad: 1 })
      expect(largest(turned.sub(ecg))).toBeGreaterThan(0.5)
      expect(largest(turned.narrow(1, 0, 6).sub(turned.narrow(1, 6, 6)))).toBe(0)
      expect(largest(amplitudes(turned).sub(amplitudes(ecg)))).toBeLessThan(1e-3) // of amplitudes up to 200, in float32
    }
  })

  it('gives a recording one gain, and each lead one of its own only where it is told to', () => {
    torch.manualSeed(5)
    const settings = { cropSamples: 100, jitter: 0, leadDropout: 0 }
    const gains = (found: torch.Tensor) => values(found.div(ramp().add(1)))
    const whole = gains(augmentEcg(ramp().add(1), { ...settings, gain: 0.5, rescale: 0 }))
    expect(Math.max(...whole) - Math.min(...whole)).toBeLessThan(1e-5)
    expect(Math.abs(whole[0] - 1)).toBeGreaterThan(0.01)
    const leads = gains(augmentEcg(ramp().add(1), { ...settings, rescale: 0.5 })).filter((_, i) => i % 100 === 0)
    expect(new Set(leads.map((gain) => gain.toFixed(5))).size).toBe(12)
  })

  it('covers a recording evenly without chance', () => {
    expect(evenCrops(ramp(), 50).map((crop) => crop.select(1, 0).select(1, 0).item())).toEqual([0, 50])
    expect(evenCrops(ramp(), 60).map((crop) => crop.select(1, 0).select(1, 0).item())).toEqual([0, 40])
    expect(evenCrops(ramp(), 100)).toHaveLength(1)
  })
})

describe('augmentCmr', () => {
  const still = { rotationRad: 0, scaleFraction: 0, shiftFraction: 0, intensityFraction: 0 }
  const picture = () => torch.rand([3, 2, 9, 9])

  it('leaves a view as it is when every change is 0', () => {
    const view = picture()
    expect(augmentCmr(view, still).sub(view).abs().max().item()).toBeLessThan(1e-5)
  })

  it('never mirrors: a mark right of the middle stays there under small changes', () => {
    torch.manualSeed(2)
    const view = torch.zeros([16, 1, 33, 33])
    view.select(3, 26).select(2, 16).fill_(1)
    const changed = augmentCmr(view, { rotationRad: 0.2, scaleFraction: 0.05, shiftFraction: 0.05, intensityFraction: 0 })
    const sides = changed.sum([1, 2])
    expect(sides.narrow(1, 17, 16).sum([1]).min().item()).toBeGreaterThan(0.5)
    expect(sides.narrow(1, 0, 16).sum().item()).toBeLessThan(1e-4)
  })

  it('changes all slices of a subject alike', () => {
    torch.manualSeed(3)
    const slice = torch.rand([2, 1, 9, 9])
    const changed = augmentCmr(torch.cat([slice, slice], 1), {
      rotationRad: 0.3,
      scaleFraction: 0.1,
      shiftFraction: 0.1,
      intensityFraction: 0.2,
    })
    expect(changed.select(1, 0).sub(changed.select(1, 1)).abs().max().item()).toBe(0)
    expect(changed.select(1, 0).sub(slice.select(1, 0)).abs().max().item()).toBeGreaterThan(0.05)
  })
})
