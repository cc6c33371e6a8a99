/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles for the rest of this service. */
#pragma once

#include "common/call.h"
#include "sfp/profile.pb-c.h"

/* The caller's own; NOT_FOUND when there is none, with what to do about it. */
MUST_CHECK status profile_load_own(struct call *call, Anonymize__Profile *out);

/* Somebody's own row by their user id, for the service's own work. */
MUST_CHECK status profile_load(struct call *call, const char *user_id, Anonymize__Profile *out);

/* Says that others see something else of it. `fields` are the names of what has changed. */
MUST_CHECK status profile_announce(
        struct call *call, const char *profile_id, const char *user_id, size_t n_fields, const char *const *fields);
