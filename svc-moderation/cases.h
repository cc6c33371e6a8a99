/* SPDX-License-Identifier: Apache-2.0 */
/* A case: one thing that somebody or something pointed at, until it is ruled on. While it lives there is one for a
 * thing, whoever points at it. */
#pragma once

#include "common/lifecycle.h"
#include "sfp/content.pb-c.h"
#include "sfp/moderation.pb-c.h"

enum {
        CASE_LEASE_S = 15 * 60,
        CASE_WINDOW_S = 30 * 24 * 3600, /* from the ruling to the purge, unless it is appealed */
};

/* Kinds of jobs. */
#define JOB_CASE_LEASE  "case_lease"
#define JOB_CASE_WINDOW "case_window"

struct due_job;

extern const struct lifecycle case_lifecycle;

/* Columns of a Case as lists show it, of `cases c`, to the moderator at the place `viewer`. */
#define CASE_COLUMNS(viewer)                                                                                           \
        "c.id, c.object_type, c.object_id, c.category, c.state, c.confidence_score, c.reports_count, c.is_held,"       \
        " c.opened_at, c.claimed_by IS NOT DISTINCT FROM " viewer " AS is_mine, c.lease_until, c.version,"             \
        " c.author_user_id AS \"author.user_id\", 'moderation' AS \"author.scope\""

/* A moderator may not rule on what they made, reported or have ruled on before, nor on whom a block stands between. */
#define CASE_IS_CONFLICT(viewer)                                                                                       \
        "(c.author_user_id IS NOT DISTINCT FROM " viewer                                                               \
        " OR coalesce((SELECT true FROM reports r WHERE r.case_id = c.id AND r.reporter_user_id = " viewer             \
        " LIMIT 1), false) OR coalesce((SELECT true FROM actions a WHERE a.object_type = c.object_type"                \
        " AND a.object_id = c.object_id AND a.moderator_user_id = " viewer " LIMIT 1), false)"                         \
        " OR coalesce((SELECT true FROM blocks b WHERE b.user_id = (" viewer ")::text::uuid"                           \
        " AND b.other_id = c.author_user_id LIMIT 1), false))"

struct opened_case {
        char *id;
        int severity; /* of what it is about by now */
        bool is_new;  /* it was opened now */
        bool waits;   /* for room in the queue (queue.h) */
};

/* Opens a case of a thing, or joins the one there is; it enters the queue when it may. `confidence` NULL: people point
 * at it; `weight` and `n_reports` add up. */
MUST_CHECK status case_open(struct call *call, const Content__Snapshot *thing, const char *category,
        const double *confidence, double weight, int n_reports, struct opened_case *out);

/* Takes a step nobody but the platform takes; what the table does not allow any more is OK. */
MUST_CHECK status case_step(struct call *call, const char *id, const char *action);

/* Closes a case that waits for room in the queue when nothing points at it any more; any other is OK. */
MUST_CHECK status case_lapse(struct call *call, const char *id);

/* Jobs: the end of a lease, the end of the time to appeal. */
status case_lease_end(struct call *call, const struct due_job *job);
status case_window_end(struct call *call, const struct due_job *job);

/* Loads and locks the case for a ruling by its holder; ILLEGAL_TRANSITION when the caller holds no claim on it. */
MUST_CHECK status case_load_held(struct call *call, const char *id, Moderation__Case *out,
        struct lifecycle_subject *subject, struct lifecycle_step *step);
