/* SPDX-License-Identifier: Apache-2.0 */
/* Celebrations of milestones. */
#pragma once

#include "common/content.h"

/* For moderation (struct content_kind). */
status celebration_show(struct call *call, const char *id, Content__Snapshot *out);
status celebration_decide(struct call *call, const char *id, const char *action, const char *reason);
