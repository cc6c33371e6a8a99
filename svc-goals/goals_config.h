/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-goals is set up with. */
#pragma once

#include <stdint.h>

struct goals_config {
        int64_t min_cohort_size; /* MIN_COHORT_SIZE */
};
