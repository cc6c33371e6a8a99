/* SPDX-License-Identifier: Apache-2.0 */
/* What two say of each other when it is over. */
#pragma once

#include "common/content.h"

/* The job that reveals what both have said, or what has waited for 14 days; and one that counts ratings anew, because
 * the platform's mean moves. */
status reveal_reviews(struct call *call);
status refresh_ratings(struct call *call);

/* For moderation (struct content_kind). */
status review_show(struct call *call, const char *id, Content__Snapshot *out);
status review_decide(struct call *call, const char *id, const char *action, const char *reason);
