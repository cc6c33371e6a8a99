/* SPDX-License-Identifier: Apache-2.0 */
/* Shares that nobody has touched for ARCHIVE_IDLE leave the public. */
#pragma once

#include "common/call.h"

#define ARCHIVE_IDLE "180 days" /* as PostgreSQL reads it */

enum { ARCHIVE_AT_ONCE = 100 };

/* A job that comes round by itself: archives some of them, the oldest first. */
status archive_idle(struct call *call);
