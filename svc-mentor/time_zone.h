/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones that PostgreSQL can reckon with, by their IANA names. */
#pragma once

#include "common/call.h"

/* INVALID_ARGUMENT of the field `time_zone` for a name that is none. */
MUST_CHECK status time_zone_check(struct call *call, const char *name);
