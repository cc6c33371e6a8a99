/* SPDX-License-Identifier: Apache-2.0 */
/* Work that time drives: rows of the table jobs, with a due time each. A job is run in one transaction with its own
 * end, so that its effect is there once or not at all, whatever dies; a run that was overtaken, by another runner or by
 * being scheduled anew, ends without effect. Failures come back later and later, then are given up and kept. */
#pragma once

#include "common/call.h"

enum {
        JOB_DEADLINE_MS = 8000, /* longest a run may take */
        JOB_LEASE_MS = 10000,   /* after that a run counts as dead */
        JOB_BACKOFF_MS = 1000,  /* to the second try; doubled for each further one */
        JOB_BACKOFF_MAX_MS = 60000,
};

/* A job as it is run. */
struct due_job {
        const char *key;
        ProtobufCBinaryData payload;
        int attempt; /* from 1 */
};

struct job_kind {
        const char *name;                                            /* NULL ends a list */
        int64_t every_ms;                                            /* 0: only when scheduled */
        status (*tick)(struct call *call);                           /* of what comes round by itself */
        status (*run)(struct call *call, const struct due_job *job); /* of what is scheduled */
        int tries;                                                   /* before it is given up; 0: never */
};

/* What every service with a database does beside its own jobs. */
extern const struct job_kind kit_jobs[];

/* Puts a job on the list, in the caller's transaction. A job of the same kind and key is replaced, whatever it was
 * doing: scheduling twice is scheduling once. `due_unix_us`: microseconds since 1970, or 0 for at once. */
MUST_CHECK status job_schedule(
        struct call *call, const char *kind, const char *key, int64_t due_unix_us, ProtobufCBinaryData payload);

/* Takes it off again. No job is as good. */
MUST_CHECK status job_cancel(struct call *call, const char *kind, const char *key);

/* Takes all of a kind off whose keys begin with `prefix`, which holds no % and no _ . */
MUST_CHECK status job_cancel_all(struct call *call, const char *kind, const char *prefix);

/* How long after failed try number `attempt` the next one is due: doubled each time up to the bound, then between half
 * and all of it, as `chance` (0..65535) falls. */
int64_t job_backoff_ms(int attempt, uint16_t chance);
