/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cors.h"

#include "common/words.h"

#include <stdlib.h>
#include <string.h>

static const char asked[] = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer, "
                            "X-Request-Id, traceparent";
static const char shown[] = "ETag, Idempotent-Replay, Link, Location, Preference-Applied, RateLimit, "
                            "RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id, traceparent";
static const char max_age[] = "7200"; /* as long as browsers keep it */

struct cors {
        char *text; /* the origins as they were given */
        size_t count;
        struct words origins[CORS_ORIGINS_MAX];
};

/* "https://app.example:8443": lower case, nothing behind it. "*" and "null" are none: they are anybody. */
static bool is_origin(struct words words)
{
        static const char schemes[][9] = {"https://", "http://"};
        static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
        for (size_t i = 0; i < 2; i++) {
                size_t length = strlen(schemes[i]);
                if (words.length <= length || memcmp(words.at, schemes[i], length) != 0)
                        continue;
                for (size_t n = length; n < words.length; n++)
                        if (strchr(allowed, words.at[n]) == NULL)
                                return false;
                return true;
        }
        return false;
}

struct cors *cors_new(const char *origins)
{
        struct words origin;
        struct cors *cors = calloc(1, sizeof *cors);
        if (cors == NULL || (cors->text = strdup(origins)) == NULL)
                abort();
        const char *rest = cors->text;
        while (words_next(&rest, ',', &origin)) {
                if (cors->count == CORS_ORIGINS_MAX || !is_origin(origin)) {
                        cors_free(cors);
                        return NULL;
                }
                cors->origins[cors->count++] = origin;
        }
        return cors;
}

void cors_free(struct cors *cors)
{
        if (cors == NULL)
                return;
        free(cors->text);
        free(cors);
}

bool cors_is_on(const struct cors *cors)
{
        return cors->count > 0;
}

bool cors_allows(const struct cors *cors, const char *origin)
{
        size_t length = origin == NULL ? 0 : strlen(origin);
        for (size_t i = 0; length > 0 && i < cors->count; i++)
                if (cors->origins[i].length == length && memcmp(cors->origins[i].at, origin, length) == 0)
                        return true;
        return false;
}

void cors_expose(const struct cors *cors, struct exchange *exchange)
{
        const char *origin = exchange->request.headers[HEADER_ORIGIN];
        if (!cors_allows(cors, origin))
                return;
        exchange_add_header(exchange, "Access-Control-Allow-Origin", origin);
        exchange_add_header(exchange, "Access-Control-Expose-Headers", shown);
}

void cors_answer_preflight(const struct cors *cors, struct exchange *exchange, const char *verbs)
{
        const struct request *request = &exchange->request;
        if (request->headers[HEADER_CORS_METHOD] == NULL || !cors_allows(cors, request->headers[HEADER_ORIGIN]))
                return;
        exchange_add_header(exchange, "Access-Control-Allow-Methods", verbs);
        exchange_add_header(exchange, "Access-Control-Allow-Headers", asked);
        exchange_add_header(exchange, "Access-Control-Max-Age", max_age);
}
