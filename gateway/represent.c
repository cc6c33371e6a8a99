/* SPDX-License-Identifier: Apache-2.0 */
/* The order matters: a tag is of the whole body, the coding is chosen by its size, the tag of the coded body is
 * compared before the coding is done. */
#include "gateway/represent.h"

#include "gateway/coding.h"
#include "gateway/prefer.h"
#include "gateway/rate_limit.h"

#include <string.h>

enum { HTTP_OK = 200, HTTP_CREATED = 201, HTTP_NO_CONTENT = 204, HTTP_NOT_MODIFIED = 304 };

enum problem represent_check(const struct exchange *exchange)
{
        const struct coding_wish wish = coding_wish_read(exchange->request.headers[HEADER_ACCEPT_ENCODING]);
        return coding_wish_can_be_met(&wish) ? PROBLEM_NONE : PROBLEM_NOT_ACCEPTABLE;
}

static bool is_verb(const struct exchange *exchange, const char *verb)
{
        return exchange->request.verb != NULL && strcmp(exchange->request.verb, verb) == 0;
}

static void drop_body(struct response *response, int code)
{
        response->code = code;
        response->content_type = NULL;
        response->body = NULL;
        response->body_size = 0;
}

/* RFC 7240, section 4.2. Only what was made or changed can do without being shown: it can be read where it is. */
static void apply_preference(struct exchange *exchange)
{
        struct response *response = &exchange->response;
        enum prefer wish = prefer_read(exchange->request.headers[HEADER_PREFER]);
        bool is_made = response->code == HTTP_CREATED && response->location != NULL;
        bool is_changed = response->code == HTTP_OK && (is_verb(exchange, "PUT") || is_verb(exchange, "PATCH"));
        if (wish == PREFER_NOTHING || (!is_made && !is_changed))
                return;
        if (wish == PREFER_MINIMAL)
                drop_body(response, is_made ? HTTP_CREATED : HTTP_NO_CONTENT);
        exchange_add_header(
                exchange, "Preference-Applied", wish == PREFER_MINIMAL ? "return=minimal" : "return=representation");
}

static bool is_read(const struct exchange *exchange)
{
        return exchange->response.code == HTTP_OK && (is_verb(exchange, "GET") || is_verb(exchange, "HEAD"));
}

static enum coding choose_coding(const struct exchange *exchange)
{
        const struct coding_wish wish = coding_wish_read(exchange->request.headers[HEADER_ACCEPT_ENCODING]);
        if (exchange->response.body_size == 0 || !coding_wish_can_be_met(&wish))
                return CODING_IDENTITY;
        return coding_choose(&wish, exchange->response.body_size);
}

static void encode(struct exchange *exchange, enum coding coding)
{
        struct response *response = &exchange->response;
        if (coding != CODING_IDENTITY && coding_encode(exchange->arena, coding, response->body, response->body_size,
                                                 &response->body, &response->body_size))
                exchange_add_header(exchange, "Content-Encoding", coding_name(coding));
}

/* RFC 9110, section 13.1.2. */
static bool is_still_good(const struct exchange *exchange)
{
        const char *listed = exchange->request.headers[HEADER_IF_NONE_MATCH];
        return listed != NULL && is_read(exchange) && etag_is_listed(listed, exchange->response.etag);
}

static void choose_representation(const struct etag_hash *hash, struct exchange *exchange)
{
        struct response *response = &exchange->response;
        enum coding coding = choose_coding(exchange);
        if (is_read(exchange) && response->body_size > 0)
                response->etag =
                        etag_of_body(hash, exchange->arena, response->etag, response->body, response->body_size);
        if (response->etag != NULL && coding != CODING_IDENTITY)
                response->etag = etag_of_coded(exchange->arena, response->etag, coding_name(coding));
        if (response->etag != NULL && is_still_good(exchange))
                drop_body(response, HTTP_NOT_MODIFIED);
        else
                encode(exchange, coding);
}

/* A page that somebody smuggled in as an answer can load nothing, run nothing and be framed by nobody. */
static void add_safety(struct exchange *exchange)
{
        exchange_add_header(exchange, "Content-Security-Policy",
                exchange->response.content_policy != NULL ? exchange->response.content_policy
                                                          : "default-src 'none'; frame-ancestors 'none'");
        exchange_add_header(exchange, "Referrer-Policy", "no-referrer");
        exchange_add_header(exchange, "X-Content-Type-Options", "nosniff");
        if (exchange->request.is_encrypted)
                exchange_add_header(exchange, "Strict-Transport-Security", "max-age=31536000");
}

static void add_trace(struct exchange *exchange)
{
        char *parent = arena_alloc(exchange->arena, TRACE_PARENT_SIZE);
        trace_format(&exchange->trace, parent);
        exchange_add_header(exchange, "traceparent", parent);
}

void represent(const struct cors *cors, const struct etag_hash *hash, struct exchange *exchange)
{
        apply_preference(exchange);
        choose_representation(hash, exchange);
        exchange_add_header(exchange, "Vary", cors_is_on(cors) ? "Accept-Encoding, Origin" : "Accept-Encoding");
        if (exchange->rate.policy != NULL) {
                exchange_add_header(exchange, "RateLimit", rate_limit_header(exchange->arena, &exchange->rate));
                exchange_add_header(
                        exchange, "RateLimit-Policy", rate_limit_policy_header(exchange->arena, &exchange->rate));
        }
        add_trace(exchange);
        add_safety(exchange);
        cors_expose(cors, exchange);
}
