#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: images/programs.sh compiled | given OUT
# Builds the release where the platform's sources are, and hands it to images/gather.sh; or takes what that has made elsewhere
# and the build's context brings along in programs/.
set -eu
cd "$(dirname "$0")/.."
case $1 in
given) cp -a programs "$2" ;;
compiled)
    cmake --preset release
    cmake --build build/release --target programs
    images/gather.sh build/release "$2" ;;
*) sed -n '3p' "$0" >&2 && exit 2 ;;
esac
