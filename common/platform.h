/* SPDX-License-Identifier: Apache-2.0 */
/* What a service says of itself for /health, /status/ and the dashboards (common/dashboard.h). */
#pragma once

#include "common/rpc.h"
#include "sfp/platform.pb-c.h"

extern const struct rpc platform_rpcs[];
