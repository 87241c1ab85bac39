#!/bin/sh
# All that a machine with a GPU is needed for, in under ten minutes and without network: unpack the bundle there, then
#   sh packages/torch/scripts/gpu-check.sh [RESULTS]
# Builds the addon against that machine's PyTorch, checks what only a GPU can show, measures the five steps beside eager PyTorch and the `paper`
# recipe beside its twin. A part that fails or outlasts its time says so, and the next one goes on. What is printed stands in RESULTS too
# (gpu-check.txt). Exit 1 where a part failed.
#   DEVICE=cpu sh packages/torch/scripts/gpu-check.sh       rehearses it, two steps each, where there is no GPU
results=$(realpath -m "${1:-gpu-check.txt}")
device=${DEVICE:-cuda:0}
cd "$(dirname "$0")/../../.." || exit 1
[ ! -x bin/node ] || PATH="$PWD/bin:$PATH"
python=python3 rounds=31 steps=10 batch= capture=--capture dtype=bfloat16 subjects=400
[ "$device" != cpu ] || { python=/usr/bin/python3 rounds=1 steps=1 batch='--batch 2' capture='' dtype=float32 subjects=24; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# part SECONDS TITLE COMMAND…
part() {
  limit=$1 title=$2 began=$(date +%s)
  shift 2
  printf '\n== %s\n' "$title"
  timeout -k 5 "$limit" "$@"
  code=$?
  seconds=$(($(date +%s) - began))
  case $code in
    0) echo "-- done in $seconds s" && return ;;
    124 | 137) echo "-- FAILED: stopped after $limit s" ;;
    *) echo "-- FAILED: exit $code after $seconds s" ;;
  esac
  echo "$title" >> "$work/failed"
}

all() {
  date -u '+%Y-%m-%d %H:%M UTC'
  nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
  part 60 "PyTorch of this machine" $python -c 'import torch; print(torch.__version__, torch.version.cuda, torch.cuda.is_available(), torch.backends.cudnn.version())'
  if [ -x install.sh ]; then part 240 "the addon against it" ./install.sh
  else part 240 "the addon against it" node packages/torch/scripts/build.mjs; fi
  part 90 "what only a GPU shows" node packages/torch/test/gpu.ts
  part 90 "five steps, each operator called" node packages/torch/bench/run.ts --device "$device" --dtype $dtype --only step --rounds $rounds
  part 90 "five steps, one captured graph each (wanted: at most 0.70)" node packages/torch/bench/run.ts --device "$device" --dtype $dtype $capture --only step --rounds $rounds
  part 90 "a store of simulated people" node packages/cinelead/src/cli/main.ts simulate --as store --out "$work/store" --subjects $subjects --seed 5
  part 330 "the recipe paper" node bench/train-paper.ts --store "$work/store" --device "$device" --python $python --steps $steps $batch
  printf '\n'
  if [ -e "$work/failed" ]; then echo "failed:" && cat "$work/failed"; else echo "all parts done"; fi
}

all 2>&1 | tee "$results"
[ ! -e "$work/failed" ]
