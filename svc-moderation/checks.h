/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-moderation is set up with, and its ruling on texts. */
#pragma once

#include "common/call.h"
#include "sfp/moderation.pb-c.h"

struct moderation_config {
        double confidence_threshold; /* MODERATION_CONFIDENCE_THRESHOLD */
        bool is_automatic;           /* ENABLE_AUTO_MODERATION */
        int64_t queue_size;          /* HUMAN_REVIEW_QUEUE_SIZE */
        const char *model_path;      /* MODERATION_MODEL */
};

/* Rules on texts as on one thing, and says so in `out`. */
MUST_CHECK status check_texts(struct call *call, size_t count, char *const *texts, Moderation__CheckReply *out);
