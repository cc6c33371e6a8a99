/* SPDX-License-Identifier: Apache-2.0 */
/* One call being served: who asks, until when, and what it may use. Everything hangs off it and ends with it. */
#pragma once

#include "common/arena.h"
#include "common/running.h"
#include "common/schema.h"
#include "common/status.h"
#include "common/trace.h"
#include "common/violation.h"

#include <stdbool.h>

struct db;
struct known_keys;
struct person_key;
struct service;

struct call {
        struct arena *arena;
        struct service *service;
        const struct schema_method *method; /* NULL in a task */
        const Sfp__RequestHeader *header;   /* never NULL */
        const Sfp__Caller *caller;          /* as proven (common/identity.h); never NULL, its fields may be */
        int64_t deadline_us;                /* on the monotonic clock */
        struct trace trace;
        struct db *db;            /* NULL in a service without a database */
        bool is_replay;           /* the answer is an earlier one's (common/idempotency.h) */
        const char *causation_id; /* of the event being taken; NULL: none */
        bool is_rehearsal;        /* the handler has changed nothing: no kept answer becomes stale */
        bool has_published;       /* an event is in the transaction: once it is committed the relay is to be woken */

        uint32_t retry_after_s; /* with a failure: when it is worth asking again; 0: nothing is known of that */
        uint32_t success;       /* HTTP code of this success; 0: the route's own */
        int n_statements;       /* sent to the database so far; BEGIN and COMMIT are not counted */

        status broken; /* a statement has failed where that could not be said: all that follow fail like it */
        struct known_keys *person_keys;   /* that it has opened (common/person_keys.h) */
        const struct person_key *own_key; /* the last one it has sealed under, and whose; NULL: none */
        const char *own_key_user_id;

        struct running_mark mark;

        enum problem problem; /* what call_fail and its like recorded */
        const char *failure;  /* NULL: nothing recorded */
        struct violations violations;
        size_t n_allowed; /* with ILLEGAL_TRANSITION: the actions that are allowed */
        char **allowed;
};

/* Makes a call by `caller` out of a header, with the arena's life. */
void call_init(struct call *call, struct arena *arena, struct service *service, const Sfp__RequestHeader *header,
        const Sfp__Caller *caller);

/* Makes a call that the service makes for itself, outside of any request, in `deadline_us` from now. It continues the
 * trace of `traceparent`; NULL: it starts one, of which nobody makes spans. */
void call_init_own(
        struct call *call, struct arena *arena, struct service *service, const char *traceparent, int64_t deadline_us);

/* Records for the caller what went wrong and returns `code`. The text is for people: no inside, nothing personal. */
status call_fail(struct call *call, status code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same, with a closer row of problem.def; returns that row's status. */
status call_problem(struct call *call, enum problem problem, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Records that one field breaks a rule that no field option can say; returns STATUS_INVALID_ARGUMENT. */
status call_invalid(struct call *call, const char *field, const char *code, const char *format, ...)
        __attribute__((format(printf, 4, 5)));

/* Is `current` the version that the caller expects, if it expects one? VERSION_MISMATCH otherwise. */
MUST_CHECK status call_expect_version(struct call *call, int64_t current);

/* The same for methods that nobody may call blindly: VERSION_REQUIRED when the caller has said none. */
MUST_CHECK status call_require_version(struct call *call, int64_t current);

/* Answers with another HTTP code than the route's: 200 for what was there already, 202 for what waits. */
void call_succeed_as(struct call *call, uint32_t http_code);

/* Microseconds left; never negative. */
int64_t call_time_left(const struct call *call);

/* Has the caller said that it no longer waits? Waits for the database and for other services end by themselves then,
 * with CANCELLED; what computes for long should ask now and then. */
bool call_is_cancelled(const struct call *call);

/* Does the caller have this role? */
bool call_has_role(const struct call *call, const char *role);

/* May the caller moderate the platform: as a moderator, or as an admin? */
bool call_is_moderator(const struct call *call);
