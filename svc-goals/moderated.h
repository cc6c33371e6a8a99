/* SPDX-License-Identifier: Apache-2.0 */
/* Shares as content that moderation rules on (common/content.h). */
#pragma once

#include "common/content.h"

extern const struct content_kind goals_content[];

/* Has a person look at a share that waits. */
MUST_CHECK status share_hold(struct call *call, const char *id, const struct review *review);
