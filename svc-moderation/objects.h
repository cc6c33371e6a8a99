/* SPDX-License-Identifier: Apache-2.0 */
/* The things moderation is about. They live in other services (objects.def), which are asked for them. */
#pragma once

#include "common/call.h"
#include "sfp/content.pb-c.h"

/* The thing as it stands. `viewer` NULL: as a moderator sees it. NOT_FOUND when there is none, when it is not for the
 * viewer, or when nobody holds such things; UNAVAILABLE when its service is away. */
MUST_CHECK status object_show(
        struct call *call, const char *object_type, const char *object_id, const char *viewer, Content__Snapshot **out);
