/* SPDX-License-Identifier: Apache-2.0 */
/* Who may call a method: the rule beside it in the proto, and nothing else. */
#pragma once

#include "common/call.h"

/* Holds the caller against the method's `roles` and `callers`. UNAUTHENTICATED when nobody asks, PERMISSION_DENIED when
 * somebody who may not does. */
MUST_CHECK status access_check(struct call *call);
