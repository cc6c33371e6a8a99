/* SPDX-License-Identifier: Apache-2.0 */
/* One fault under load, from warming up to the verdict. */
#pragma once

#include "tests/fault/invariants.h"

struct ordeal {
        const char *name;
        int actors;                        /* 0: ORDEAL_ACTORS */
        void (*inflict)(const char *whom); /* returns when the fault is there */
        void (*heal)(const char *whom);    /* returns when what was taken away is back; NULL: it comes back by itself */
        const char *whom;
        int lasts_ms;        /* between the two */
        bool spares_readers; /* no read may fail meanwhile */
        bool hurts;          /* somebody must have been refused something: else the fault was none */
        bool spares_all;     /* nothing may fail meanwhile */
};

enum {
        ORDEAL_ACTORS = 12,
        ORDEAL_WARM_MS = 700,
        ORDEAL_AFTER_MS = 700,
        ORDEAL_RECOVERY_MS = 2000,
        ORDEAL_PATIENCE_S = 20
};

/* Load, fault, recovery; then every invariant. When the fault is over, somebody must have read and created within
 * ORDEAL_RECOVERY_MS (and what the machine itself was late by). */
void ordeal_run(const struct ordeal *ordeal);
