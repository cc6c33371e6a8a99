/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept for its owner only goes when its time is over. */
#pragma once

#include "common/call.h"

/* A job that comes round by itself: drops records of changes older than their owner's retention_days, jobs of
 * exports and erasures that ended more than a year ago, looks of more than two years ago, and who was in which cell of
 * a month that was released more than two years ago. */
status retention_forget(struct call *call);
