// What libtorch's commonest refusals mean and how out of them: its words (left) to this package's (right).
// Hands on: refusalFor.

/** The parts of an error that a message of libtorch decides. */
export type Refusal = { code: string; expected: string; hint: string }

type Rule = [pattern: RegExp, code: string, expected: string, hint: string]

// `$1` and so on stand for what the pattern caught.
const RULES: Rule[] = [
  [
    /shapes cannot be multiplied|size mismatch, got|inconsistent tensor size, expected tensor|Expected size for first two dimensions of batch2/,
    'shape',
    'inner sizes that agree, [n, k] times [k, m]',
    'Transpose or reshape one side.',
  ],
  [
    /The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)/,
    'shape',
    'shapes that broadcast: sizes equal or 1, counted from the last axis',
    'Sizes $1 and $2 meet: reshape or unsqueeze one side.',
  ],
  [/shape '\[.*\]' is invalid for input of size (\d+)/, 'shape', 'a shape of $1 elements', 'One size may be -1 and is worked out.'],
  [/view size is not compatible/, 'shape', 'a shape that the memory order allows', 'Use reshape(), which copies where it must.'],
  [
    /Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\]/,
    'axis',
    'an axis from $1 to $2',
    'Axes count from 0, or from -1 backwards.',
  ],
  [
    /Could not run '.*' with arguments from the '(\w+)' backend|PyTorch is not linked with support for (\w+)|Cannot initialize (\w+)|Cannot access accelerator device when none/,
    'device',
    'a device that this libtorch has',
    "Use 'cpu', or build against a libtorch with that device: torch.describeLibrary().",
  ],
  [
    /No CUDA GPUs are available|no CUDA-capable device|Found no NVIDIA driver|invalid device ordinal|Invalid device argument/,
    'device',
    'a GPU that is there',
    "Use 'cpu', or see with nvidia-smi what there is and in CUDA_VISIBLE_DEVICES what this process may use: torch.cuda.deviceCount() counts.",
  ],
  [
    /Sizes of tensors must match except in dimension (\d+)/,
    'shape',
    'equal sizes on all axes but axis $1',
    'Reshape or pad before joining.',
  ],
  [
    /to have (\d+) channels, but got (\d+)/,
    'shape',
    'an input of $1 channels on axis 1',
    'The layer was made for other channels, or the axes are in another order.',
  ],
  [/index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)/, 'index', 'indices below $3 on axis $2', 'Index $1 lies outside.'],
  [
    /Target (-?\d+) is out of bounds|index out of range in self/,
    'index',
    'indices below the number of classes or rows',
    'Check the labels, and the width of the last layer or table.',
  ],
  [/with \d+ elements cannot be converted to Scalar/, 'shape', 'a tensor of one element', 'Use toArray() for many, or reduce it first.'],
  [
    /leaf Variable that requires grad is being used in an in-place/,
    'inplace',
    'an operator that makes a new tensor',
    'Change parameters inside torch.noGrad().',
  ],
  [
    /modified by an inplace operation/,
    'inplace',
    'tensors unchanged since the graph was recorded',
    'Use the operator without underscore where its input is needed again.',
  ],
  [
    /backward through the graph a second time/,
    'backward',
    'a graph that has not been used up',
    'Give { retainGraph: true } to the first pass, or compute the loss again.',
  ],
  [
    /One of the differentiated Tensors appears to not have been used/,
    'backward',
    'inputs that the root depends on',
    'Give { allowUnused: true } to get undefined for the others.',
  ],
  [
    /can't allocate memory|out of memory|Storage size calculation overflowed|numel: integer multiplication overflow|bad_alloc/i,
    'memory',
    'a size that fits into memory',
    'Take smaller batches or shapes.',
  ],
  [
    /tensors used as indices must be|expected scalar type|to have the same dtype|expected m1 and m2|Expected tensor for argument .* to have (?:one of the following )?scalar type|not implemented for '(\w+)'|same dtype|can't be cast to the desired output type/,
    'dtype',
    'dtypes that the operator takes together',
    'Convert with x.to({ dtype }).',
  ],
  [
    /RNG state must be a torch.ByteTensor|RNG state is wrong size/,
    'dtype',
    'a uint8 state from getRngState()',
    'States of other devices and versions do not fit.',
  ],
  [/same device|two devices/, 'device', 'all tensors on one device', 'Copies are never silent: move with x.to({ device }).'],
]

/** What to say for a message of libtorch; undefined for those without a rule. */
export function refusalFor(message: string): Refusal | undefined {
  for (const [pattern, code, expected, hint] of RULES) {
    const found = pattern.exec(message)
    if (found === null) continue
    const fill = (text: string) => text.replace(/\$(\d)/g, (_, index) => found[Number(index)] ?? '')
    return { code: `torch/${code}`, expected: fill(expected), hint: fill(hint) }
  }
  return undefined
}
