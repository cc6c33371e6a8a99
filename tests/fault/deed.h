/* SPDX-License-Identifier: Apache-2.0 */
/* What the load did, as its clients saw it: the history that an instance is held against afterwards. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum deed_kind { DEED_CREATE, DEED_READ, DEED_LIST, DEED_REACT, DEED_EDIT, DEED_KINDS };

/* How it ended. What is unknown may have happened or not, but not twice. */
enum deed_outcome { DEED_DONE, DEED_REFUSED, DEED_UNKNOWN };

struct deed {
        enum deed_kind kind;
        enum deed_outcome outcome;
        int actor;
        int status;         /* of the last attempt; 0: nobody answered */
        int attempts;       /* more than one only with an Idempotency-Key, or for a PUT */
        int64_t begun_us;   /* of the first attempt, on the monotonic clock */
        int64_t ended_us;   /* of the last */
        int64_t longest_us; /* of one attempt */
        bool is_own;        /* a read of what the same person was told is there */
        char key[48];       /* Idempotency-Key of a create */
        char share[40];     /* what it was about */
};

struct history;

/* Room for `max` deeds; what comes on top is counted but not kept. */
struct history *history_new(int max);
void history_free(struct history *history);

/* For many threads. */
void history_add(struct history *history, const struct deed *deed);

/* Deeds kept, in the order they ended. Only while nobody adds may all of them be read. */
int history_length(const struct history *history);
const struct deed *history_at(const struct history *history, int i);

/* How many of a kind and outcome began between the two times. */
int history_count(
        const struct history *history, enum deed_kind kind, enum deed_outcome outcome, int64_t from_us, int64_t to_us);

/* When the first deed of a kind that began after `from_us` was done; INT64_MAX when none was. */
int64_t history_first_done(const struct history *history, enum deed_kind kind, int64_t from_us);

/* The name of a kind, for people. */
const char *deed_name(enum deed_kind kind);
