#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: kube_token.sh token --data DIR ARGUMENTS...
# Stands in for ./sfp where tests ask for a token: the gateway in the chart's pod makes it, as docs/operations.md says.
set -eu
[ "$1" = token ] && [ "$2" = --data ]
shift 3
exec podman exec kube-gateway-pod-0-sfp-gateway sfp-gateway token "$@"
