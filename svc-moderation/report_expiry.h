/* SPDX-License-Identifier: Apache-2.0 */
/* Reports that wait for room in the queue do not wait for ever. Those of a case that moderators are given never expire.
 */
#pragma once

#include "common/call.h"

enum {
        REPORT_EXPIRY_EVERY_MS = 3600000,
        REPORT_EXPIRY_MAX = 200 /* in one run */
};

/* Job: open reports of 90 days ago expire; a case that nobody points at any more is closed, and its texts are purged.
 */
status reports_expire(struct call *call);
