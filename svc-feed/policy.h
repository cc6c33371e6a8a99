/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions about notifications and activities, without database, clock or network. */
#pragma once

#include "common/lifecycle.h"

enum {
        UNREAD_CAP = 99,        /* counted no further */
        FRAMES_KEPT = 1000,     /* of a person */
        DIGEST_MINUTE = 8 * 60, /* of the day; daily and weekly come then, the weekly on Monday */
};

#define FRAMES_LIFE        "24 hours" /* those of before go, too */
#define NOTIFICATIONS_LIFE "90 days"

/* How a type of notification is sorted, and the name its frame goes by. */
struct notification_kind {
        const char *type;
        const char *category; /* of the preferences */
        const char *frame;    /* "notification", or the type itself */
};

/* Types that are not in the table are the account's. */
const struct notification_kind *notification_kind_of(const char *type);

/* Minutes until something may interrupt: what `mode` says ("instant", "hourly", "daily", "weekly"), and then the end of
 * the quiet hours it falls into. `minute`: since Monday's beginning; `quiet`: weekday 1..7, from and until, minutes of
 * the day, for each of `n` windows. */
int delivery_delay(const char *mode, int minute, const int *quiet, size_t n);

/* The life of an activity. */
extern const struct transition activity_transitions[];

/* What an activity of this type says in words of ours; "" for a type we do not know. */
const char *activity_summary(const char *type);
