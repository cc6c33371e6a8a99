/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of what services have confirmed: each export and erasure that is done adds a root over its receipts and the
 * root before it. */
#pragma once

#include "common/call.h"

/* Adds a job whose parts have all confirmed, in the caller's transaction; once. */
MUST_CHECK status receipt_add(struct call *call, const char *job_id);
