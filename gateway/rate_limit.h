/* SPDX-License-Identifier: Apache-2.0 */
/* How many requests who may make. A user has a bucket for each class of methods (RateClass in the protos); whoever is
 * not known, or not believed, shares the one of their address. Every request counts, also one that is answered 304 or
 * refused later: it is the asking that costs. */
#pragma once

#include "common/metrics.h"
#include "gateway/exchange.h"

enum rate_policy { RATE_POLICY_READ, RATE_POLICY_WRITE, RATE_POLICY_HEAVY, RATE_POLICY_PUBLIC, RATE_POLICY_COUNT };

struct rate_settings {
        int64_t quotas[RATE_POLICY_COUNT]; /* requests a minute; 0: no limit */
        const char *trusted_proxies;       /* as proxies_new */
        const char *proxy_header;          /* where they say whom they forward: "x-forwarded-for", "forwarded" */
        const char *redis_url;             /* as bucket_share_new; "": this gateway alone */
        const char *secret;                /* as bucket_share_new */
};

struct rate_limit;

/* NULL when the proxies, their header or the URL are not well formed. Texts are kept. */
struct rate_limit *rate_limit_new(const struct rate_settings *settings, struct metrics *metrics);
void rate_limit_free(struct rate_limit *limit);

/* Counts the exchange, to the user or, without one, to the address it came from, and notes in exchange->rate what is
 * left. PROBLEM_NONE or PROBLEM_RATE_LIMITED. */
enum problem rate_limit_take(struct rate_limit *limit, struct exchange *exchange, const char *user_id, int64_t now_us);

/* The values of the headers RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-11), in the arena. */
char *rate_limit_header(struct arena *arena, const struct rate_note *note);
char *rate_limit_policy_header(struct arena *arena, const struct rate_note *note);
