#!/bin/sh
# Builds the addon with AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer and runs its calls, and the fuzz of every exported
# function, under them. Fails on any report. Needs g++ with its sanitizers; takes minutes.   sh packages/torch/scripts/memcheck.sh [fuzz seed]
# Node, V8 and libtorch are not instrumented, but every allocation of theirs is watched too.
set -e
cd "$(dirname "$0")/.."
node scripts/build.mjs --sanitize
# The instrumented addon stands where these copies of the sources look for it.
rm -rf build/sanitized/src build/sanitized/test
cp -r src test build/sanitized/
log="$PWD/build/sanitized/report.log"
# Node's own, at its start: OpenSSL keeps an empty list, Node-API the wrapper of an external value when the process ends. V8's heap is no
# memory that LeakSanitizer looks into, so what only JavaScript points to would count as lost.
printf 'leak:ossl_load_builtin_compressions\nleak:napi_create_external\n' > build/sanitized/suppressions.txt
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
# Tests ask for impossible sizes: the allocator then answers with null, as the real one does.
common=allocator_may_return_null=1:halt_on_error=0:log_path=stderr
export LSAN_OPTIONS="suppressions=$PWD/build/sanitized/suppressions.txt:print_suppressions=0:fast_unwind_on_malloc=0" UBSAN_OPTIONS=print_stacktrace=1
watched="$(g++ -print-file-name=libasan.so) $(g++ -print-file-name=libstdc++.so)"
cd build/sanitized
port=$(node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close() })")
run() { # run <1 to look for leaks at the end, else 0> <task>
  # shellcheck disable=SC2086
  ASAN_OPTIONS="$common:detect_leaks=$1" LD_PRELOAD="$watched" node --expose-gc $2 > "$log" 2>&1 || { tail -50 "$log"; exit 1; }
  if grep -qE 'ERROR: (Address|Leak)Sanitizer|runtime error:' "$log"; then
    cat "$log"
    exit 1
  fi
  echo "nothing found: $2"
}
run 1 "test/memcheck.ts $port"
run 0 "test/fuzz.ts ${1:-1} 1" # ends with thousands of tensors that nobody collects
