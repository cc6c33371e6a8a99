/* SPDX-License-Identifier: Apache-2.0 */
/* Lets gateways that share a Redis share their buckets. Requests never wait for it: a thread tells Redis a few times a
 * second what was taken here and learns how full the common bucket is. Until then, and while Redis is away, each
 * gateway judges by what it knows; what was taken meanwhile is told when Redis is back. */
#pragma once

#include "common/metrics.h"
#include "common/status.h"
#include "gateway/buckets.h"

enum {
        BUCKET_SHARE_PAUSE_MS = 100, /* so a common quota may be passed by what all gateways take in this time */
        BUCKET_SHARE_ROUND = 256,    /* buckets told in one round trip */
};

struct bucket_share;

/* `url` as redis.h takes it; `secret` is what the gateways have in common: names in Redis are keyed hashes, so that it
 * holds no address and no user. NULL when the URL is none. The buckets must outlive it. */
struct bucket_share *bucket_share_new(
        struct buckets *buckets, const char *url, const char *secret, struct metrics *metrics);

/* NULL is allowed. */
void bucket_share_free(struct bucket_share *share);
