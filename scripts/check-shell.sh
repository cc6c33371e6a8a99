#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/check-shell.sh
# Runs shellcheck over every shell script, and dash's own parser over those that are POSIX sh.
set -eu
cd "$(dirname "$0")/.."
scripts=$(git ls-files --cached --others --exclude-standard sfp .ci/run '*.sh')
for script in $scripts; do
    case $(head -n 1 "$script") in *bash) ;; *) dash -n "$script" ;; esac
done
if ! command -v shellcheck >/dev/null; then
    echo "check-shell: shellcheck is not here; only the syntax was checked"
    exit 0
fi
# shellcheck disable=SC2086 # names of scripts have no spaces
shellcheck $scripts
echo "check-shell: ok"
