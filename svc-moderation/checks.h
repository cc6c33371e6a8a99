/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-moderation is set up with, and its ruling on texts. */
#pragma once

#include "common/call.h"
#include "sfp/moderation.pb-c.h"
#include "svc-moderation/rules.h"

struct moderation_config {
        double confidence_threshold; /* MODERATION_CONFIDENCE_THRESHOLD */
        bool is_automatic;           /* ENABLE_AUTO_MODERATION */
        int64_t queue_size;          /* HUMAN_REVIEW_QUEUE_SIZE */
        const char *model_path;      /* MODERATION_MODEL */
};

/* What rules and the classifier together say of a text; returns the name of the model that was asked, or "none". */
const char *check_text(struct call *call, const struct rules *rules, const char *text, struct rules_outcome *out);

/* Rules on texts as on one thing, and says so in `out`. */
MUST_CHECK status check_texts(struct call *call, size_t count, char *const *texts, Moderation__CheckReply *out);
