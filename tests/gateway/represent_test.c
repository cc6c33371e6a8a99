/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/coding.h"
#include "gateway/prefer.h"
#include "gateway/represent.h"
#include "tests/suite.h"

#include <string.h>

#define ORIGIN "https://app.example"

static struct arena *arena;
static struct cors *no_origins, *one_origin;
static struct etag_hash *hash;
static struct exchange exchange;
static char large[4096];

static void set_up(void)
{
        arena = arena_new(0);
        hash = etag_hash_new();
        no_origins = cors_new("");
        one_origin = cors_new("https://a.example:8443 , " ORIGIN);
        memset(large, 'a', sizeof large);
}

static void tear_down(void)
{
        etag_hash_free(hash);
        cors_free(no_origins);
        cors_free(one_origin);
        arena_free(arena);
}

static void answer(const char *verb, int code, const char *body, size_t size)
{
        exchange = (struct exchange){.arena = arena,
                .request = {.verb = verb, .path = "/x"},
                .response = {.code = code, .content_type = "application/json", .body = body, .body_size = size}};
        trace_start(&exchange.trace, NULL);
}

static void send_header(enum header id, const char *value)
{
        exchange.request.headers[id] = value;
}

static const char *header_named(const char *name)
{
        for (size_t i = 0; i < exchange.n_headers; i++)
                if (strcmp(exchange.headers[i].name, name) == 0)
                        return exchange.headers[i].value;
        return NULL;
}

static const char *tag_of_large(const char *accept_encoding)
{
        answer("GET", 200, large, sizeof large);
        send_header(HEADER_ACCEPT_ENCODING, accept_encoding);
        represent(no_origins, hash, &exchange);
        return exchange.response.etag;
}

TEST(what_is_still_good_is_not_sent_again)
{
        const char *tag = tag_of_large(NULL);
        static const char *const verbs[] = {"GET", "HEAD"};
        for (int i = 0; i < 2; i++) {
                answer(verbs[i], 200, large, sizeof large);
                send_header(HEADER_IF_NONE_MATCH, tag);
                represent(no_origins, hash, &exchange);
                ck_assert_int_eq(exchange.response.code, 304);
                ck_assert_ptr_null(exchange.response.body);
                ck_assert_ptr_null(exchange.response.content_type);
                ck_assert_str_eq(exchange.response.etag, tag);
                ck_assert_str_eq(header_named("Vary"), "Accept-Encoding");
        }
}
END_TEST

TEST(only_what_is_read_well_can_still_be_good)
{
        answer("POST", 200, large, sizeof large);
        send_header(HEADER_IF_NONE_MATCH, "*");
        represent(no_origins, hash, &exchange);
        ck_assert_int_eq(exchange.response.code, 200);
        answer("GET", 404, large, sizeof large);
        send_header(HEADER_IF_NONE_MATCH, "*");
        represent(no_origins, hash, &exchange);
        ck_assert_int_eq(exchange.response.code, 404);
        ck_assert_ptr_null(exchange.response.etag);
}
END_TEST

TEST(each_coding_has_a_tag_of_its_own)
{
        const char *plain = tag_of_large(NULL), *gzip = tag_of_large("gzip");
        ck_assert_str_eq(header_named("Content-Encoding"), "gzip");
        ck_assert_uint_lt(exchange.response.body_size, sizeof large);
        ck_assert_str_ne(plain, gzip);
        ck_assert_str_ne(tag_of_large("br"), gzip);
        ck_assert_str_eq(header_named("Content-Encoding"), "br");
        answer("GET", 200, large, sizeof large);
        send_header(HEADER_ACCEPT_ENCODING, "gzip");
        send_header(HEADER_IF_NONE_MATCH, plain);
        represent(no_origins, hash, &exchange);
        ck_assert_int_eq(exchange.response.code, 200);
}
END_TEST

TEST(a_small_body_is_sent_as_it_is)
{
        answer("GET", 200, large, CODING_BODY_MIN - 1);
        send_header(HEADER_ACCEPT_ENCODING, "gzip, br");
        represent(no_origins, hash, &exchange);
        ck_assert_ptr_null(header_named("Content-Encoding"));
        ck_assert_uint_eq(exchange.response.body_size, CODING_BODY_MIN - 1);
}
END_TEST

TEST(minimal_leaves_out_what_was_made_or_changed)
{
        answer("POST", 201, large, 10);
        exchange.response.location = "/x/1";
        send_header(HEADER_PREFER, "respond-async, return=minimal");
        represent(no_origins, hash, &exchange);
        ck_assert_int_eq(exchange.response.code, 201);
        ck_assert_uint_eq(exchange.response.body_size, 0);
        ck_assert_str_eq(header_named("Preference-Applied"), "return=minimal");
        answer("PATCH", 200, large, 10);
        exchange.response.etag = "\"x-2\"";
        send_header(HEADER_PREFER, "return=\"minimal\"");
        represent(no_origins, hash, &exchange);
        ck_assert_int_eq(exchange.response.code, 204);
        ck_assert_str_eq(exchange.response.etag, "\"x-2\"");
}
END_TEST

TEST(what_cannot_be_read_elsewhere_is_not_left_out)
{
        static const struct {
                const char *verb;
                int code;
        } rows[] = {{"POST", 200}, {"POST", 201}, {"POST", 202}, {"GET", 200}, {"PATCH", 412}, {"DELETE", 200}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                answer(rows[i].verb, rows[i].code, large, 10);
                send_header(HEADER_PREFER, "return=minimal");
                represent(no_origins, hash, &exchange);
                ck_assert_int_eq(exchange.response.code, rows[i].code);
                ck_assert_uint_eq(exchange.response.body_size, 10);
                ck_assert_ptr_null(header_named("Preference-Applied"));
        }
}
END_TEST

TEST(the_first_preference_counts)
{
        ck_assert_int_eq(prefer_read(NULL), PREFER_NOTHING);
        ck_assert_int_eq(prefer_read("return=representation, return=minimal"), PREFER_REPRESENTATION);
        ck_assert_int_eq(prefer_read("Return = Minimal; x=y"), PREFER_MINIMAL);
        ck_assert_int_eq(prefer_read("x=\"return=minimal\""), PREFER_NOTHING);
        ck_assert_int_eq(prefer_read("return"), PREFER_NOTHING);
        ck_assert_int_eq(prefer_read("return=else, return=minimal"), PREFER_NOTHING);
}
END_TEST

TEST(an_origin_is_allowed_exactly)
{
        static const char *const others[] = {"https://app.example:443", "http://app.example", "https://app.example/",
                "https://app.example.evil", "https://APP.example", "null", "", "https://a.example"};
        ck_assert(cors_allows(one_origin, ORIGIN));
        ck_assert(cors_allows(one_origin, "https://a.example:8443"));
        ck_assert(!cors_allows(one_origin, NULL));
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
                ck_assert_msg(!cors_allows(one_origin, others[i]), "%s", others[i]);
        static const char *const bad[] = {
                "*", "null", "app.example", "https://", "https://a/b", "https://A", "ftp://a", "https://a b"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(cors_new(bad[i]) == NULL, "%s", bad[i]);
}
END_TEST

TEST(a_page_of_an_allowed_origin_may_see_the_answer)
{
        answer("GET", 200, large, 10);
        send_header(HEADER_ORIGIN, ORIGIN);
        represent(one_origin, hash, &exchange);
        ck_assert_str_eq(header_named("Access-Control-Allow-Origin"), ORIGIN);
        ck_assert_ptr_nonnull(strstr(header_named("Access-Control-Expose-Headers"), "RateLimit-Policy"));
        ck_assert_ptr_null(header_named("Access-Control-Allow-Credentials"));
        ck_assert_str_eq(header_named("Vary"), "Accept-Encoding, Origin");
        answer("GET", 200, large, 10);
        send_header(HEADER_ORIGIN, "https://evil.example");
        represent(one_origin, hash, &exchange);
        ck_assert_ptr_null(header_named("Access-Control-Allow-Origin"));
        ck_assert_str_eq(header_named("Vary"), "Accept-Encoding, Origin");
}
END_TEST

TEST(https_is_insisted_on_where_it_is_spoken)
{
        answer("GET", 200, large, 10);
        represent(no_origins, hash, &exchange);
        ck_assert_ptr_null(header_named("Strict-Transport-Security"));
        ck_assert_str_eq(header_named("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'");
        answer("GET", 200, large, 10);
        exchange.request.is_encrypted = true;
        represent(no_origins, hash, &exchange);
        ck_assert_ptr_nonnull(header_named("Strict-Transport-Security"));
}
END_TEST

TEST(what_is_left_is_said)
{
        answer("GET", 200, large, 10);
        exchange.rate = (struct rate_note){"read", 600, 599, 60, 1};
        represent(no_origins, hash, &exchange);
        ck_assert_str_eq(header_named("RateLimit"), "\"read\";r=599;t=1");
        ck_assert_str_eq(header_named("RateLimit-Policy"), "\"read\";q=600;w=60");
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/represent", FORK, T(what_is_still_good_is_not_sent_again),
        T(only_what_is_read_well_can_still_be_good), T(each_coding_has_a_tag_of_its_own),
        T(a_small_body_is_sent_as_it_is), T(minimal_leaves_out_what_was_made_or_changed),
        T(what_cannot_be_read_elsewhere_is_not_left_out), T(the_first_preference_counts),
        T(an_origin_is_allowed_exactly), T(a_page_of_an_allowed_origin_may_see_the_answer),
        T(https_is_insisted_on_where_it_is_spoken), T(what_is_left_is_said))
