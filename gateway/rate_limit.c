/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rate_limit.h"

#include "gateway/bucket_share.h"
#include "gateway/buckets.h"
#include "gateway/client_address.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const names[RATE_POLICY_COUNT] = {"read", "write", "heavy", "public"};

struct rate_limit {
        int64_t quotas[BUCKET_KINDS_MAX];
        bool reads_forwarded;
        struct buckets *buckets;
        struct bucket_share *share; /* NULL: nobody else's buckets count */
        struct proxies *proxies;
        struct metric *refused[RATE_POLICY_COUNT];
};

static void count_refusals(struct rate_limit *limit, struct metrics *metrics)
{
        char label[64];
        for (int i = 0; i < RATE_POLICY_COUNT; i++) {
                snprintf(label, sizeof label, "policy=\"%s\"", names[i]);
                limit->refused[i] = metrics_counter(
                        metrics, "sfp_rate_limit_refused_total", label, "Requests refused because of a rate limit.");
        }
}

struct rate_limit *rate_limit_new(const struct rate_settings *settings, struct metrics *metrics)
{
        struct rate_limit *limit = calloc(1, sizeof *limit);
        if (limit == NULL)
                abort();
        memcpy(limit->quotas, settings->quotas, sizeof settings->quotas);
        limit->reads_forwarded = strcasecmp(settings->proxy_header, "forwarded") == 0;
        bool is_known = limit->reads_forwarded || strcasecmp(settings->proxy_header, "x-forwarded-for") == 0;
        count_refusals(limit, metrics);
        limit->buckets = buckets_new(limit->quotas);
        limit->proxies = proxies_new(settings->trusted_proxies);
        if (*settings->redis_url != '\0')
                limit->share = bucket_share_new(limit->buckets, settings->redis_url, settings->secret, metrics);
        if (is_known && limit->proxies != NULL && (limit->share != NULL || *settings->redis_url == '\0'))
                return limit;
        rate_limit_free(limit);
        return NULL;
}

void rate_limit_free(struct rate_limit *limit)
{
        if (limit == NULL)
                return;
        bucket_share_free(limit->share);
        buckets_free(limit->buckets);
        proxies_free(limit->proxies);
        free(limit);
}

/* The gateway's own routes only read. */
static enum rate_policy policy_of(const struct exchange *exchange, const char *user_id)
{
        static const enum rate_policy of_class[] = {[SFP__RATE_CLASS__RATE_READ] = RATE_POLICY_READ,
                [SFP__RATE_CLASS__RATE_WRITE] = RATE_POLICY_WRITE,
                [SFP__RATE_CLASS__RATE_HEAVY] = RATE_POLICY_HEAVY};
        const struct schema_method *method = exchange->match.route->method;
        if (user_id == NULL)
                return RATE_POLICY_PUBLIC;
        return method == NULL ? RATE_POLICY_READ : of_class[method->rules->rate];
}

static struct bucket_key key_of(
        const struct rate_limit *limit, const struct exchange *exchange, enum rate_policy policy, const char *user_id)
{
        const struct request *request = &exchange->request;
        struct bucket_key key = {.kind = (uint8_t)policy};
        if (user_id != NULL) {
                key.size = (uint8_t)strnlen(user_id, BUCKET_KEY_MAX);
                memcpy(key.bytes, user_id, key.size);
                return key;
        }
        const char *list = request->headers[limit->reads_forwarded ? HEADER_FORWARDED : HEADER_FORWARDED_FOR];
        struct client_address address = client_address_network(client_address_of(limit->proxies, request->peer,
                limit->reads_forwarded ? NULL : list, limit->reads_forwarded ? list : NULL));
        key.size = sizeof address.bytes;
        memcpy(key.bytes, address.bytes, sizeof address.bytes);
        return key;
}

enum problem rate_limit_take(struct rate_limit *limit, struct exchange *exchange, const char *user_id, int64_t now_us)
{
        enum rate_policy policy = policy_of(exchange, user_id);
        int64_t quota = limit->quotas[policy];
        if (quota == 0)
                return PROBLEM_NONE;
        const struct bucket_key key = key_of(limit, exchange, policy, user_id);
        struct bucket_state state = buckets_take(limit->buckets, &key, now_us);
        exchange->rate = (struct rate_note){
                .policy = names[policy],
                .quota = quota,
                .left = state.left < quota ? state.left : quota,
                .window_s = BUCKET_WINDOW_S,
                .wait_s = (uint32_t)((state.wait_us + 999999) / 1000000),
        };
        if (state.has_given)
                return PROBLEM_NONE;
        metric_add(limit->refused[policy], 1);
        return PROBLEM_RATE_LIMITED;
}

char *rate_limit_header(struct arena *arena, const struct rate_note *note)
{
        return arena_printf(arena, "\"%s\";r=%" PRId64 ";t=%u", note->policy, note->left, note->wait_s);
}

char *rate_limit_policy_header(struct arena *arena, const struct rate_note *note)
{
        return arena_printf(arena, "\"%s\";q=%" PRId64 ";w=%u", note->policy, note->quota, note->window_s);
}
