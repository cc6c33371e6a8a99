/* SPDX-License-Identifier: Apache-2.0 */
/* Relaxed on purpose: two threads that end one interval at once cost a verdict that is one request late. */
#include "common/admission.h"

static int64_t get(const _Atomic int64_t *place)
{
        return atomic_load_explicit(place, memory_order_relaxed);
}

static void set(_Atomic int64_t *place, int64_t value)
{
        atomic_store_explicit(place, value, memory_order_relaxed);
}

static void begin_interval(struct admission *admission, int64_t now_us, int64_t waited_us)
{
        atomic_store_explicit(
                &admission->is_standing, get(&admission->least_us) > ADMISSION_TARGET_US, memory_order_relaxed);
        set(&admission->least_us, waited_us);
        set(&admission->interval_end_us, now_us + ADMISSION_INTERVAL_US);
}

bool admission_admits(struct admission *admission, int64_t now_us, int64_t waited_us)
{
        if (waited_us <= ADMISSION_TARGET_US) {
                if (get(&admission->least_us) > ADMISSION_TARGET_US)
                        begin_interval(admission, now_us, waited_us);
                atomic_store_explicit(&admission->is_standing, false, memory_order_relaxed);
                set(&admission->least_us, waited_us);
                return true;
        }
        if (now_us >= get(&admission->interval_end_us))
                begin_interval(admission, now_us, waited_us);
        else if (waited_us < get(&admission->least_us))
                set(&admission->least_us, waited_us);
        return !atomic_load_explicit(&admission->is_standing, memory_order_relaxed) ||
               waited_us <= 2 * ADMISSION_TARGET_US;
}
