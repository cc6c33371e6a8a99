/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a resource as a const table of transitions, walked by one function. A table stands in a service's
 * policy.c; what a step does to the resource beside its state is the service's `apply`. Each step leaves a row in
 * lifecycle_history, in the transaction of its effect. */
#pragma once

#include "common/call.h"

#define LIFECYCLE_NEW      "new"      /* the state of what does not exist yet */
#define LIFECYCLE_PREVIOUS "previous" /* as `next`: the state it was in before it came to this one */

/* Lists are words with a blank between them. */
struct transition {
        const char *action;   /* NULL ends a table */
        const char *from;     /* the states it starts from */
        const char *actors;   /* who may take it: "owner mod" */
        const char *next;     /* a state, or LIFECYCLE_PREVIOUS */
        const char *effects;  /* what it does besides, for the client; NULL: nothing */
        const char *requires; /* what the guard demands, for the client; NULL: there is no guard */
        bool (*guard)(const void *facts);
};

/* A resource on its way. */
struct lifecycle_subject {
        const char *id;
        const char *state;
        int64_t version;    /* as it is stored, 0 when new; a change of any number of steps leads to the next one */
        const char *actors; /* what the asker is to it: "owner mod"; "": nothing */
        const void *facts;  /* for the guards */
        int n_steps;        /* taken in this change */
};

/* One step as the table decides it. */
struct lifecycle_step {
        const struct transition *transition;
        const char *from;
        const char *to;
        const char *actor; /* the role that the asker takes it in */
};

struct lifecycle {
        const char *kind; /* "share"; names its history */
        const struct transition *transitions;
        /* Loads one, locked until the end of the transaction when `is_locked`. NOT_FOUND when the caller may not see
         * it.
         */
        status (*load)(struct call *call, const char *id, bool is_locked, struct lifecycle_subject *out);
        /* Stores the state and the next version, and does what the step does besides. */
        status (*apply)(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step);
};

/* The row for an action in a state by one of `actors`; NULL: the table has none. */
const struct transition *lifecycle_find(
        const struct transition *table, const char *state, const char *action, const char *actors);

/* What would come of an action. ILLEGAL_TRANSITION, with the actions that are allowed, when the table has no row for it
 * or its guard refuses. Changes nothing; reads the history where the next state is the previous one. */
MUST_CHECK status lifecycle_plan(struct call *call, const struct lifecycle *lifecycle,
        const struct lifecycle_subject *subject, const char *action, struct lifecycle_step *out);

/* Plans the step and takes it: the subject is in the new state, and its row of history is queued. The caller stores the
 * state, and the version one above subject->version, in the same transaction. `reason` and `out` may be NULL. */
MUST_CHECK status lifecycle_step(struct call *call, const struct lifecycle *lifecycle,
        struct lifecycle_subject *subject, const char *action, const char *reason, struct lifecycle_step *out);

/* Queues the removal of a resource's history, for what is purged. */
MUST_CHECK status lifecycle_forget(struct call *call, const struct lifecycle *lifecycle, const char *id);

/* Takes the next word of a list: false at its end. `*list` moves behind it. */
bool lifecycle_next_word(const char **list, const char **word, size_t *length);
