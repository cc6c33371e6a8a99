/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-moderation is set up with. */
#pragma once

#include "svc-moderation/rules.h"

struct moderation_config {
        double confidence_threshold; /* MODERATION_CONFIDENCE_THRESHOLD */
        bool is_automatic;           /* ENABLE_AUTO_MODERATION */
};

/* service->state: the compiled rules, shared by all workers. */
struct moderation {
        struct rules *rules;
};
