/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's service Consistency: checks the counters that a service declares against the rows they count, part by part,
 * and repairs them one by one, each in a transaction of its own. */
#pragma once

#include "common/rpc.h"

enum {
        CONSISTENCY_PART = 1000,         /* counters looked at by one statement */
        CONSISTENCY_DRIFTED_MAX = 500,   /* named in one answer; then it ends, incomplete */
        CONSISTENCY_RESERVE_US = 500000, /* of the deadline, kept for the way back */
};

extern const struct rpc consistency_rpcs[];
