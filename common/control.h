/* SPDX-License-Identifier: Apache-2.0 */
/* sfp.admin.Admin: how a running server is looked into and told what to do, and how its callers take calls back. Not
 * the operators' HTTP door, which is common/admin.h. */
#pragma once

#include "common/rpc.h"

extern const struct rpc control_rpcs[];
