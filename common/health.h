/* SPDX-License-Identifier: Apache-2.0 */
/* sfp.health.Health: is it worth calling this server? */
#pragma once

#include "common/rpc.h"

extern const struct rpc health_rpcs[];
