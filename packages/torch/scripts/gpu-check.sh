#!/bin/sh
# All that a machine with a GPU is needed for, in minutes and without network: unpack the bundle there, then
#   sh packages/torch/scripts/gpu-check.sh
# Builds the addon against that machine's PyTorch, checks what only a GPU can show, and measures the five steps beside eager PyTorch.
set -e
cd "$(dirname "$0")/../../.."
[ -x bin/node ] && PATH="$PWD/bin:$PATH"
[ -x install.sh ] && ./install.sh
cd packages/torch
failed=0
node test/gpu.ts || failed=1
echo "bf16, each operator called:"
node bench/run.ts --device cuda:0 --dtype bfloat16 --only step || failed=1
echo "bf16, one captured graph (wanted: at most 0.70):"
node bench/run.ts --device cuda:0 --dtype bfloat16 --capture --only step || failed=1
exit "$failed"
