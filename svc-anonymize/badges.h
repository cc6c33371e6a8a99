/* SPDX-License-Identifier: Apache-2.0 */
/* Badges: rules in badges.def, awarded once when the measure comes to the bar. */
#pragma once

#include "common/call.h"
#include "sfp/anonymize.pb-c.h"

/* Awards what somebody's standing, or one entry more of `reason`, has earned. In the caller's transaction, under the
 * lock of the profile's row. */
MUST_CHECK status badges_award(struct call *call, const Anonymize__Standing *standing, const char *reason);
