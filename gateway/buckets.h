/* SPDX-License-Identifier: Apache-2.0 */
/* Who has asked how often: a bucket for each kind and key, that holds `quota` tokens and gains as many in a window. Of
 * each is kept when it will be full again, and nothing else (GCRA). The table has a fixed size: where there is no room,
 * the bucket that is nearest to full, and so says least, makes place. Any thread may use it; time is an argument. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
        BUCKETS_MAX = 1 << 16, /* buckets remembered; a power of two */
        BUCKET_KEY_MAX = 40,
        BUCKET_KINDS_MAX = 8,
        BUCKET_WINDOW_S = 60,
        BUCKET_QUOTA_MAX = 100000,
};

struct buckets;

struct bucket_key {
        uint8_t kind; /* below BUCKET_KINDS_MAX */
        uint8_t size;
        char bytes[BUCKET_KEY_MAX];
};

/* What a bucket says to one request. */
struct bucket_state {
        bool has_given;
        int64_t left;    /* tokens */
        int64_t wait_us; /* until there is one more */
};

/* `quotas[kind]` is at least 1 where the kind is used. */
struct buckets *buckets_new(const int64_t quotas[BUCKET_KINDS_MAX]);
void buckets_free(struct buckets *buckets);

/* Takes a token if there is one. */
struct bucket_state buckets_take(struct buckets *buckets, const struct bucket_key *key, int64_t now_us);

/* Tokens taken from a bucket that somebody else, who keeps the same bucket, has not been told of. */
struct bucket_debt {
        uint32_t slot;
        struct bucket_key key;
        int64_t count;
        int64_t interval_us; /* in which one token is gained */
};

/* Hands over up to `max` debts, once. */
size_t buckets_take_debts(struct buckets *buckets, struct bucket_debt *out, size_t max);

/* The debt was paid; the shared bucket will be full in `ahead_us`. */
void buckets_settle(struct buckets *buckets, const struct bucket_debt *debt, int64_t ahead_us, int64_t now_us);

/* It was not: it stays owed. */
void buckets_give_back(struct buckets *buckets, const struct bucket_debt *debt);
