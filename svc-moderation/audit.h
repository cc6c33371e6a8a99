/* SPDX-License-Identifier: Apache-2.0 */
/* The record of everything the desk does: append-only, each entry chained to the one before it by a hash
 * (schema/0004_audit.sql; the fields in their order stand in docs/moderation.md). Who did it is kept as a keyed tag,
 * and only of moderators. */
#pragma once

#include "common/call.h"

/* Text is borrowed. */
struct audit_entry {
        const char *kind; /* case, action, appeal, rules */
        const char *resource_id;
        const char *what;    /* the step or the action */
        const char *role;    /* user, sys; NULL: the moderator who calls */
        const char *from;    /* states; NULL: there is none */
        const char *to;      /* the same */
        const char *policy;  /* NULL: no rule was named */
        const double *score; /* NULL: no machine was asked */
};

/* Queues an entry in the caller's transaction; it gets its place in the chain at the commit. */
MUST_CHECK status audit_record(struct call *call, const struct audit_entry *entry);
