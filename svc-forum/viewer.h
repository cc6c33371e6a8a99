/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, as statements take it. */
#pragma once

#include "common/call.h"

/* Does the caller moderate the whole platform? As a statement's value, "true" or "false". */
static inline const char *viewer_mod(const struct call *call)
{
        return call_has_role(call, "mod") || call_has_role(call, "admin") ? "true" : "false";
}

/* The words of a lifecycle for what the caller is to a thing. */
static inline const char *viewer_actors(bool is_owner, bool is_moderator)
{
        static const char *const words[2][2] = {{"", "mod"}, {"owner", "owner mod"}};
        return words[is_owner][is_moderator];
}
