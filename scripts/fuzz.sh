#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/fuzz.sh [SECONDS] [TARGET]...
# Builds the fuzz preset and runs every libFuzzer target, or those named (frame, dispatch, ...), for so many seconds each
# (30), from the corpus in tests/fuzz/corpus. What is found anew stays in build/fuzz/corpus; the tree is left alone. An
# input that breaks a target is kept in build/fuzz and named. Without clang it says so and succeeds.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=30
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
fi
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd tests/fuzz/corpus && printf '%s\n' *)

compiler=''
for name in clang clang-19 clang-18 clang-17 clang-16 clang-15 clang-14; do
    if command -v "$name" >/dev/null && "$name" -fsanitize=fuzzer -x c - -o /dev/null 2>/dev/null \
        <<<'int LLVMFuzzerTestOneInput(const char *b, unsigned long n) { return b == 0 && n == 1; }'; then
        compiler=$name
        break
    fi
done
if [ -z "$compiler" ]; then
    echo "fuzz: skipped, there is no clang with libFuzzer (./sfp install --fuzz)"
    exit 0
fi

build() {
    cmake --preset fuzz -DCMAKE_C_COMPILER="$compiler" && cmake --build build/fuzz --target "${targets[@]/%/_fuzz}"
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
build >"$log" 2>&1 || {
    cat "$log"
    exit 1
}

failed=0
for target in "${targets[@]}"; do
    found=build/fuzz/corpus/$target
    mkdir -p "$found"
    if build/fuzz/tests/"${target}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/$target-" "$found" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
        printf 'ok    fuzz %s (%s runs in %d s)\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds"
    else
        printf 'FAIL  fuzz %s\n' "$target"
        tail -n 40 "$log" | sed 's/^/      /'
        failed=$((failed + 1))
    fi
done
[ "$failed" -eq 0 ]
