/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, as statements take it. */
#pragma once

#include "common/call.h"

/* The words of a lifecycle for what the caller is to a thing. */
static inline const char *viewer_actors(bool is_owner, bool is_moderator)
{
        static const char *const words[2][2] = {{"", "mod"}, {"owner", "owner mod"}};
        return words[is_owner][is_moderator];
}
