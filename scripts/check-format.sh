#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/check-format.sh [--fix]
# Compares every C file with .clang-format. Versions of clang-format disagree in details; 14 decides.
set -eu
cd "$(dirname "$0")/.."
MAJOR=14

for tool in "clang-format-$MAJOR" clang-format ''; do
    case $("$tool" --version 2>/dev/null || :) in *"version $MAJOR."*) break ;; esac
done
if [ -z "$tool" ]; then
    echo "check-format: skipped, clang-format $MAJOR is not here ($(clang-format --version 2>/dev/null || echo none at all))"
    exit 0
fi
mode='--dry-run -Werror'
[ "${1:-}" != --fix ] || mode=-i
# shellcheck disable=SC2086 # two words
git ls-files -z --cached --others --exclude-standard '*.c' '*.h' | xargs -0 -r "$tool" $mode ||
    { echo "check-format: lay it out with scripts/check-format.sh --fix" >&2 && exit 1; }
echo "check-format: ok"
