/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/bind.h"
#include "gateway/own_routes.h"
#include "sfp/anonymize.pb-c.h"
#include "sfp/goals.pb-c.h"
#include "tests/suite.h"

#include <string.h>

#define BASE "/api/v1/social"
#define ID   "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"
#define GOOD "\"goal_category\":\"home\",\"goal_title\":\"Our home\""

static const struct own_route no_routes[] = {{NULL}};
static struct arena *arena;
static struct schema *schema;
static struct routes *routes;
static struct exchange exchange;
static struct bound bound;

static void set_up(void)
{
        arena = arena_new(0);
        schema = schema_new();
        routes = routes_new(schema, no_routes);
}

static void tear_down(void)
{
        routes_free(routes);
        schema_free(schema);
        arena_free(arena);
}

static enum problem bind_bytes(const char *verb, const char *path, const char *query, const char *body, size_t size)
{
        struct path split;
        exchange = (struct exchange){.arena = arena,
                .request = {.verb = verb, .path = path, .query = query, .body = body, .body_size = size}};
        exchange.request.headers[HEADER_CONTENT_TYPE] = "application/json";
        ck_assert_int_eq(path_split(arena, path, &split), STATUS_OK);
        ck_assert_int_eq(routes_match(routes, verb, &split, &exchange.match), ROUTE_FOUND);
        return bind_request(&exchange, &bound);
}

static enum problem bind_text(const char *verb, const char *path, const char *query, const char *body)
{
        return bind_bytes(verb, path, query, body, body == NULL ? 0 : strlen(body));
}

static enum problem create(const char *body)
{
        return bind_text("POST", BASE "/goal-sharing/", NULL, body);
}

static enum problem list(const char *query)
{
        return bind_text("GET", BASE "/goal-sharing/", query, NULL);
}

static void assert_only(const char *field, const char *code)
{
        ck_assert_uint_eq(bound.violations.count, 1);
        ck_assert_str_eq(bound.violations.errors[0]->field, field);
        ck_assert_str_eq(bound.violations.errors[0]->code, code);
}

TEST(a_body_fills_the_request)
{
        ck_assert_int_eq(
                create("{" GOOD ",\"target_amount\":250000,\"currency\":\"USD\",\"tags\":[\"a-1\"]}"), PROBLEM_NONE);
        const Goals__CreateShareRequest *in = (const Goals__CreateShareRequest *)bound.message;
        ck_assert_str_eq(in->goal_title, "Our home");
        ck_assert(in->has_target_amount && in->target_amount == 250000);
        ck_assert_str_eq(in->tags[0], "a-1");
}
END_TEST

TEST(malformed_json_says_where)
{
        static const char *const bad[] = {"{", "{]", "{" GOOD "} x", "{" GOOD "}}", "{" GOOD ",}", "[" GOOD "]",
                "{" GOOD ",\"goal_title\":\"again\"}", "{\"goal_title\":\"a\\u0000b\"}",
                "{\"goal_title\":\"\xff\xfe\"}", "{\"goal_title\":\"\\ud800\"}", "\xef\xbb\xbf{}", " ", "[]", "\"{}\"",
                "null", "1", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                ck_assert_msg(create(bad[i]) == PROBLEM_MALFORMED_JSON, "%s", bad[i]);
                ck_assert_ptr_nonnull(bound.detail);
        }
        create("{" GOOD ",\"tags\":[1 2]}");
        ck_assert_str_eq(bound.detail, "a comma or a closing bracket is missing at byte 58");
        ck_assert_int_eq(bind_bytes("POST", BASE "/goal-sharing", NULL, "{\"goal_title\":\"a\0b\"}", 20),
                PROBLEM_MALFORMED_JSON);
}
END_TEST

TEST(each_field_that_is_wrong_is_named)
{
        static const struct {
                const char *body, *field, *code;
        } rows[] = {
                {"{\"goal_category\":\"home\"}", "goal_title", "required"},
                {"{\"goal_category\":\"home\",\"goal_title\":null}", "goal_title", "required"},
                {"{\"goal_category\":\"home\",\"goal_title\":7}", "goal_title", "wrong_type"},
                {"{\"goal_category\":\"house\",\"goal_title\":\"abc\"}", "goal_category", "not_allowed"},
                {"{\"goal_category\":\"home\",\"goal_title\":\"ab\"}", "goal_title", "too_short"},
                {"{" GOOD ",\"owner\":\"me\"}", "owner", "unknown_field"},
                {"{" GOOD ",\"target_amount\":12.50}", "target_amount", "wrong_type"},
                {"{" GOOD ",\"target_amount\":1.0}", "target_amount", "wrong_type"},
                {"{" GOOD ",\"target_amount\":\"100\"}", "target_amount", "wrong_type"},
                {"{" GOOD ",\"target_amount\":9007199254740993}", "target_amount", "out_of_range"},
                {"{" GOOD ",\"target_amount\":0}", "target_amount", "out_of_range"},
                {"{" GOOD ",\"target_amount\":1,\"currency\":\"dollar\"}", "currency", "malformed"},
                {"{" GOOD ",\"current_progress_percentage\":101}", "current_progress_percentage", "out_of_range"},
                {"{" GOOD ",\"tags\":[\"ok\",\"Not OK\"]}", "tags[1]", "malformed"},
                {"{" GOOD ",\"tags\":{}}", "tags", "wrong_type"},
                {"{" GOOD ",\"template_id\":\"1\"}", "template_id", "malformed"},
                {"{" GOOD ",\"submit\":0}", "submit", "wrong_type"},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                ck_assert_msg(create(rows[i].body) == PROBLEM_VALIDATION_FAILED, "%s", rows[i].body);
                assert_only(rows[i].field, rows[i].code);
        }
}
END_TEST

TEST(a_text_that_is_too_long_is_named)
{
        char *title = arena_zalloc(arena, 122);
        memset(title, 'x', 121);
        ck_assert_int_eq(create(arena_printf(arena, "{\"goal_category\":\"home\",\"goal_title\":\"%s\"}", title)),
                PROBLEM_VALIDATION_FAILED);
        assert_only("goal_title", "too_long");
}
END_TEST

TEST(all_complaints_come_at_once)
{
        ck_assert_int_eq(create("{\"goal_title\":\"a\",\"tags\":[\"A\"],\"x\":1,\"target_amount\":1.5}"),
                PROBLEM_VALIDATION_FAILED);
        ck_assert_uint_eq(bound.violations.count, 5);
}
END_TEST

TEST(an_empty_body_is_an_empty_object)
{
        ck_assert_int_eq(create(""), PROBLEM_VALIDATION_FAILED);
        ck_assert_uint_eq(bound.violations.count, 2);
        ck_assert_int_eq(bind_text("PATCH", BASE "/goal-sharing/" ID, NULL, NULL), PROBLEM_NONE);
}
END_TEST

static enum problem create_as(const char *type)
{
        create("{" GOOD "}");
        exchange.request.headers[HEADER_CONTENT_TYPE] = type;
        return bind_request(&exchange, &bound);
}

TEST(a_body_must_be_called_json)
{
        static const char *const good[] = {"application/json", "Application/JSON", "application/json; charset=utf-8",
                "application/json;charset=UTF-8", "application/json ; charset=\"utf-8\"", "application/json;"};
        static const char *const bad[] = {NULL, "", "text/plain", "application/json5", "application/jsonp",
                "application/json; charset=latin1", "application/problem+json", "application/x-www-form-urlencoded",
                "multipart/form-data", "application/json, text/plain", "application/json;charset=utf-8;x=y"};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
                ck_assert_msg(create_as(good[i]) == PROBLEM_NONE, "%s", good[i]);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(create_as(bad[i]) == PROBLEM_UNSUPPORTED_MEDIA_TYPE, "%s", bad[i]);
}
END_TEST

TEST(a_body_where_none_is_taken_is_refused)
{
        ck_assert_int_eq(bind_text("GET", BASE "/goal-sharing/" ID, NULL, "{}"), PROBLEM_MALFORMED_JSON);
        ck_assert_str_eq(bound.detail, "this route takes no body");
        ck_assert_int_eq(bind_text("DELETE", BASE "/goal-sharing/" ID, NULL, ""), PROBLEM_NONE);
}
END_TEST

TEST(the_path_fills_its_parameters)
{
        ck_assert_int_eq(bind_text("PUT", BASE "/goal-sharing/" ID "/reactions/like", NULL, NULL), PROBLEM_NONE);
        ck_assert_str_eq(((const Goals__ReactionRequest *)bound.message)->share_id, ID);
        ck_assert_str_eq(((const Goals__ReactionRequest *)bound.message)->kind, "like");
        ck_assert_int_eq(bind_text("GET", BASE "/goal-sharing/7", NULL, NULL), PROBLEM_VALIDATION_FAILED);
        assert_only("share_id", "malformed");
        ck_assert_int_eq(
                bind_text("PUT", BASE "/goal-sharing/" ID "/reactions/hate", NULL, NULL), PROBLEM_VALIDATION_FAILED);
        assert_only("kind", "not_allowed");
}
END_TEST

TEST(the_body_cannot_contradict_the_path)
{
        ck_assert_int_eq(bind_text("PATCH", BASE "/goal-sharing/" ID, NULL, "{\"share_id\":\"" ID "\"}"), PROBLEM_NONE);
        ck_assert_int_eq(bind_text("PATCH", BASE "/goal-sharing/" ID, NULL,
                                 "{\"share_id\":\"00000000-0000-0000-0000-000000000000\"}"),
                PROBLEM_VALIDATION_FAILED);
        assert_only("share_id", "unknown_field");
        ck_assert_str_eq(((const Goals__UpdateShareRequest *)bound.message)->share_id, ID);
}
END_TEST

TEST(a_query_fills_the_request)
{
        ck_assert_int_eq(list("sort=new&limit=5&verified=true&q=a+home%21"), PROBLEM_NONE);
        const Goals__ListSharesRequest *in = (const Goals__ListSharesRequest *)bound.message;
        ck_assert_str_eq(in->sort, "new");
        ck_assert(in->has_limit && in->limit == 5);
        ck_assert(in->has_verified && in->verified);
        ck_assert_str_eq(in->q, "a home!");
        ck_assert_int_eq(list(NULL), PROBLEM_NONE);
        ck_assert_int_eq(list(""), PROBLEM_NONE);
}
END_TEST

TEST(each_parameter_that_is_wrong_is_named)
{
        static const struct {
                const char *query, *field, *code;
        } rows[] = {{"nothing=1", "nothing", "unknown_field"}, {"limit=x", "limit", "wrong_type"},
                {"limit=", "limit", "wrong_type"}, {"limit=+5", "limit", "wrong_type"},
                {"limit=0", "limit", "out_of_range"}, {"limit=51", "limit", "out_of_range"},
                {"limit=5&limit=5", "limit", "too_many"}, {"sort=old", "sort", "not_allowed"},
                {"q=a", "q", "too_short"}, {"verified=yes", "verified", "wrong_type"}, {"=1", "", "unknown_field"}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                ck_assert_msg(list(rows[i].query) == PROBLEM_VALIDATION_FAILED, "%s", rows[i].query);
                assert_only(rows[i].field, rows[i].code);
        }
        ck_assert_int_eq(list("q=%"), PROBLEM_MALFORMED_QUERY);
        ck_assert_int_eq(list("q=%00"), PROBLEM_MALFORMED_QUERY);
}
END_TEST

TEST(only_get_and_delete_take_a_query)
{
        ck_assert_int_eq(
                bind_text("POST", BASE "/goal-sharing/", "goal_title=abc", "{" GOOD "}"), PROBLEM_VALIDATION_FAILED);
        assert_only("goal_title", "unknown_field");
        ck_assert_int_eq(bind_text("PUT", BASE "/goal-sharing/" ID "/reactions/like", "kind=like", NULL),
                PROBLEM_VALIDATION_FAILED);
        ck_assert_int_eq(bind_text("GET", BASE "/goal-sharing/" ID, "share_id=" ID, NULL), PROBLEM_VALIDATION_FAILED);
        assert_only("share_id", "unknown_field");
}
END_TEST

static enum problem create_with_key(const char *key)
{
        create("{" GOOD "}");
        exchange.request.headers[HEADER_IDEMPOTENCY_KEY] = key;
        return bind_request(&exchange, &bound);
}

TEST(an_idempotency_key_is_short_and_printable)
{
        char *key = arena_zalloc(arena, 257);
        memset(key, 'k', 256);
        ck_assert_int_eq(create_with_key(key), PROBLEM_VALIDATION_FAILED);
        assert_only("Idempotency-Key", "too_long");
        key[255] = '\0';
        ck_assert_int_eq(create_with_key(key), PROBLEM_NONE);
        ck_assert_int_eq(create_with_key("\"8e03978e\""), PROBLEM_NONE);
        ck_assert_int_eq(create_with_key(""), PROBLEM_VALIDATION_FAILED);
        ck_assert_int_eq(create_with_key("a b"), PROBLEM_VALIDATION_FAILED);
        ck_assert_int_eq(create_with_key("h\u00f6"), PROBLEM_VALIDATION_FAILED);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/bind", FORK, T(a_body_fills_the_request), T(malformed_json_says_where),
        T(each_field_that_is_wrong_is_named), T(a_text_that_is_too_long_is_named), T(all_complaints_come_at_once),
        T(an_empty_body_is_an_empty_object), T(a_body_must_be_called_json), T(a_body_where_none_is_taken_is_refused),
        T(the_path_fills_its_parameters), T(the_body_cannot_contradict_the_path), T(a_query_fills_the_request),
        T(each_parameter_that_is_wrong_is_named), T(only_get_and_delete_take_a_query),
        T(an_idempotency_key_is_short_and_printable))
