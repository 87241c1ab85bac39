#!/bin/sh
# Runs the addon under valgrind: errors whose stack passes through torch.node fail the run, those inside Node, oneDNN or OpenBLAS do not.
# Needs valgrind; takes minutes.   sh packages/torch/scripts/memcheck.sh
set -e
cd "$(dirname "$0")/.."
log="build/valgrind.log"
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 valgrind --log-file="$log" --error-limit=no --leak-check=full --show-leak-kinds=definite --num-callers=40 \
  --smc-check=all-non-file node --jitless --no-wasm-lazy-compilation test/memcheck.ts
node --input-type=module -e "
import { readFileSync } from 'node:fs'
const blocks = readFileSync('$log', 'utf8').replace(/^==\\d+== ?/gm, '').split(/\\n\\s*\\n/)
const ours = blocks.filter((block) => /torch\\.node/.test(block) && /(Invalid|uninitialised|definitely lost|Mismatched|overlap)/.test(block))
console.log(ours.length === 0 ? 'valgrind: nothing in torch.node' : ours.join('\\n\\n'))
process.exit(ours.length === 0 ? 0 : 1)
"
