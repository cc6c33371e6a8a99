/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a request that has stood in line is still worth serving, after CoDel ("Controlling Queue Delay", ACM Queue
 * 2012): a burst may wait, a line that stands may not. The line stands when over a whole interval nobody got through it
 * in less than the target; then whoever waited twice the target is turned away, until somebody gets through quickly.
 *
 * The target is far above the usual 5 ms on purpose: 64 callers before 16 workers whose method takes 10 ms make each
 * other wait 30 ms with nothing wrong (docs/mesh.md has the measurements). */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { ADMISSION_TARGET_US = 100000, ADMISSION_INTERVAL_US = 500000 };

/* All zero at first. Any threads may share it. */
struct admission {
        _Atomic int64_t interval_end_us;
        _Atomic int64_t least_us; /* wait in this interval */
        _Atomic bool is_standing;
};

/* Takes note of a request that leaves the line now, having waited so long. False: it is to be refused. */
bool admission_admits(struct admission *admission, int64_t now_us, int64_t waited_us);
