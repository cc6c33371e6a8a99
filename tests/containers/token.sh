#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: token.sh token --data DIR ARGUMENTS...
# Stands in for ./sfp where tests ask for a token: the gateway of the build makes it, with what the container's gateway is
# given as its CONFIG_DIR.
set -eu
[ "$1" = token ] && [ "$2" = --data ]
shift 3
CONFIG_DIR=$(podman volume inspect sfp-test_gateway-keys --format '{{.Mountpoint}}')
export CONFIG_DIR
exec "$SFP_BUILD/bin/sfp-gateway" token "$@"
