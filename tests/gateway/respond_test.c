/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/respond.h"
#include "sfp/goals.pb-c.h"
#include "sfp/profile.pb-c.h"
#include "tests/suite.h"

#include <string.h>

#define BASE "/api/v1/social"

static const struct own_route no_routes[] = {{NULL}};
static struct arena *arena;
static struct schema *schema;
static struct routes *routes;
static struct exchange exchange;

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

static void ask(const char *verb, const char *path)
{
        struct path split;
        exchange = (struct exchange){.arena = arena, .request = {.verb = verb, .path = path}};
        trace_start(&exchange.trace, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        ck_assert_int_eq(path_split(arena, path, &split), STATUS_OK);
        (void)routes_match(routes, verb, &split, &exchange.match);
}

static const char *body(void)
{
        return arena_strndup(arena, exchange.response.body, exchange.response.body_size);
}

static void refuse(status code, const char *problem, const char *message)
{
        Sfp__ReplyHeader *header = arena_alloc(arena, sizeof *header);
        sfp__reply_header__init(header);
        header->problem = (char *)problem;
        header->message = (char *)message;
        const struct client_reply reply = {.status = code, .header = header};
        respond_reply(&exchange, &reply, 0);
}

TEST(a_problem_is_written_as_rfc_9457_says)
{
        struct violations violations = violations_in(arena);
        const struct field_path path = {NULL, "tags", 2};
        violation_add(&violations, &path, "malformed", "must be %s", "\"a-b\"");
        ask("POST", BASE "/goal-sharing/");
        respond_violations(&exchange, &violations);
        ck_assert_int_eq(exchange.response.code, 422);
        ck_assert_str_eq(exchange.response.content_type, "application/problem+json");
        ck_assert_str_eq(body(),
                "{\"type\":\"/problems/validation_failed\",\"title\":\"The request breaks a rule\",\"status\":422,"
                "\"instance\":\"/api/v1/social/goal-sharing/\",\"code\":\"validation_failed\","
                "\"errors\":[{\"field\":\"tags[2]\",\"code\":\"malformed\",\"message\":\"must be \\\"a-b\\\"\"}],"
                "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}");
}
END_TEST

TEST(a_success_has_the_code_of_its_route)
{
        Goals__Share share = GOALS__SHARE__INIT;
        share.id = "x";
        const struct client_reply reply = {.status = STATUS_OK, .payload = &share.base};
        ask("GET", BASE "/goal-sharing/x");
        respond_reply(&exchange, &reply, 0);
        ck_assert_int_eq(exchange.response.code, 200);
        ck_assert_str_eq(body(), "{\"id\":\"x\",\"tags\":[],\"notices\":[],\"why\":[]}");
        ck_assert_ptr_null(exchange.response.location);
}
END_TEST

TEST(a_route_with_a_type_answers_with_a_file)
{
        Anonymize__ArchiveFile file = ANONYMIZE__ARCHIVE_FILE__INIT;
        file.file_name = "archive.zip";
        file.has_content = 1;
        file.content = (ProtobufCBinaryData){4, (uint8_t[]){'P', 0, 255, 'K'}};
        const struct client_reply reply = {.status = STATUS_OK, .payload = &file.base};
        ask("GET", BASE "/privacy/jobs/x/archive.zip");
        respond_reply(&exchange, &reply, 0);
        ck_assert_int_eq(exchange.response.code, 200);
        ck_assert_str_eq(exchange.response.content_type, "application/zip");
        ck_assert_uint_eq(exchange.response.body_size, 4);
        ck_assert_mem_eq(exchange.response.body, file.content.data, 4);
        ck_assert_uint_eq(exchange.n_headers, 1);
        ck_assert_str_eq(exchange.headers[0].name, "Content-Disposition");
        ck_assert_str_eq(exchange.headers[0].value, "attachment; filename=\"archive.zip\"");
}
END_TEST

TEST(its_problems_are_json)
{
        ask("GET", BASE "/privacy/jobs/x/archive.zip");
        refuse(STATUS_NOT_FOUND, NULL, NULL);
        ck_assert_int_eq(exchange.response.code, 404);
        ck_assert_str_eq(exchange.response.content_type, "application/problem+json");
        ck_assert_uint_eq(exchange.n_headers, 0);
}
END_TEST

TEST(what_was_made_is_located)
{
        static const char *const paths[] = {BASE "/goal-sharing/", BASE "/goal-sharing"};
        Goals__Share share = GOALS__SHARE__INIT;
        share.id = "x";
        const struct client_reply reply = {.status = STATUS_OK, .payload = &share.base};
        for (int i = 0; i < 2; i++) {
                ask("POST", paths[i]);
                respond_reply(&exchange, &reply, 0);
                ck_assert_int_eq(exchange.response.code, 201);
                ck_assert_str_eq(exchange.response.location, BASE "/goal-sharing/x");
        }
}
END_TEST

TEST(nothing_to_say_has_no_body)
{
        Sfp__Empty empty = SFP__EMPTY__INIT;
        const struct client_reply reply = {.status = STATUS_OK, .payload = &empty.base};
        ask("DELETE", BASE "/goal-sharing/x");
        respond_reply(&exchange, &reply, 0);
        ck_assert_int_eq(exchange.response.code, 204);
        ck_assert_ptr_null(exchange.response.body);
        ck_assert_ptr_null(exchange.response.content_type);
}
END_TEST

TEST(a_status_becomes_its_http_code)
{
        static const struct {
                status code;
                const char *problem;
                int http;
        } rows[] = {{STATUS_INVALID_ARGUMENT, NULL, 422}, {STATUS_INVALID_ARGUMENT, "bad_cursor", 400},
                {STATUS_NOT_FOUND, NULL, 404}, {STATUS_PERMISSION_DENIED, NULL, 403},
                {STATUS_ALREADY_EXISTS, NULL, 409}, {STATUS_FAILED_PRECONDITION, "illegal_transition", 409},
                {STATUS_ABORTED, "version_mismatch", 412}, {STATUS_UNAVAILABLE, NULL, 503},
                {STATUS_RESOURCE_EXHAUSTED, NULL, 503}, {STATUS_DEADLINE_EXCEEDED, NULL, 504},
                {STATUS_UNIMPLEMENTED, NULL, 501}, {STATUS_INTERNAL, NULL, 500}, {STATUS_UNKNOWN, NULL, 500},
                {STATUS_DATA_LOSS, NULL, 500}, {STATUS_NOT_FOUND, "no such code", 404}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                ask("GET", BASE "/goal-sharing/x");
                refuse(rows[i].code, rows[i].problem, "m");
                ck_assert_int_eq(exchange.response.code, rows[i].http);
                ck_assert_uint_eq(exchange.response.retry_after_s, rows[i].http == 503 ? 1 : 0);
        }
}
END_TEST

TEST(what_went_wrong_inside_stays_inside)
{
        static const status inside[] = {STATUS_INTERNAL, STATUS_UNKNOWN, STATUS_DATA_LOSS};
        for (size_t i = 0; i < 3; i++) {
                ask("GET", BASE "/goal-sharing/x");
                refuse(inside[i], NULL, "relation \"secret_table\" does not exist");
                ck_assert_ptr_null(strstr(body(), "secret_table"));
        }
        ask("GET", BASE "/goal-sharing/x");
        refuse(STATUS_NOT_FOUND, "internal", "secret_table");
        ck_assert_ptr_null(strstr(body(), "secret_table"));
}
END_TEST

TEST(a_service_may_speak_to_people)
{
        ask("GET", BASE "/goal-sharing/x");
        refuse(STATUS_FAILED_PRECONDITION, NULL, "the share is withdrawn");
        ck_assert_ptr_nonnull(strstr(body(), "\"detail\":\"the share is withdrawn\""));
}
END_TEST

TEST(a_service_out_of_reach_is_unavailable)
{
        const struct client_reply reply = {.status = STATUS_UNAVAILABLE};
        ask("GET", BASE "/goal-sharing/x");
        respond_reply(&exchange, &reply, 0);
        ck_assert_int_eq(exchange.response.code, 503);
        ck_assert_uint_eq(exchange.response.retry_after_s, 1);
}
END_TEST

static void expect_challenge(enum problem problem, const char *challenge)
{
        ask("GET", BASE "/goal-sharing/x");
        respond_problem(&exchange, problem, NULL);
        ck_assert_pstr_eq(exchange.response.challenge, challenge);
}

/* RFC 6750, section 3. */
TEST(who_is_not_known_is_challenged)
{
        expect_challenge(PROBLEM_UNAUTHENTICATED, "Bearer realm=\"social\"");
        expect_challenge(PROBLEM_INVALID_TOKEN,
                "Bearer realm=\"social\", error=\"invalid_token\", error_description=\"The token is not accepted\"");
        expect_challenge(PROBLEM_TOKEN_EXPIRED,
                "Bearer realm=\"social\", error=\"invalid_token\", error_description=\"The token has expired\"");
        expect_challenge(PROBLEM_TOKEN_MISPLACED,
                "Bearer realm=\"social\", error=\"invalid_request\", "
                "error_description=\"The token belongs in the Authorization header\"");
        expect_challenge(PROBLEM_FORBIDDEN, NULL);
        expect_challenge(PROBLEM_NOT_FOUND, NULL);
}
END_TEST

TEST(who_lacks_a_role_is_told_which)
{
        ask("GET", BASE "/goal-sharing/x");
        exchange.roles_wanted = "mod admin";
        respond_problem(&exchange, PROBLEM_FORBIDDEN, NULL);
        ck_assert_int_eq(exchange.response.code, 403);
        ck_assert_str_eq(exchange.response.challenge,
                "Bearer realm=\"social\", error=\"insufficient_scope\", scope=\"mod admin\"");
}
END_TEST

TEST(another_verb_is_told_which_there_are)
{
        ask("PUT", BASE "/goal-sharing/inspiration");
        respond_problem(&exchange, PROBLEM_METHOD_NOT_ALLOWED, NULL);
        ck_assert_int_eq(exchange.response.code, 405);
        ck_assert_str_eq(exchange.response.allow, "GET, HEAD, OPTIONS");
}
END_TEST

TEST(a_path_that_is_no_text_is_not_repeated)
{
        ask("GET", "/x");
        exchange.request.path = "/\xff\xfe";
        respond_problem(&exchange, PROBLEM_MALFORMED_PATH, NULL);
        ck_assert_ptr_null(strstr(body(), "instance"));
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/respond", FORK, T(a_problem_is_written_as_rfc_9457_says),
        T(a_route_with_a_type_answers_with_a_file), T(its_problems_are_json), T(a_success_has_the_code_of_its_route),
        T(what_was_made_is_located), T(nothing_to_say_has_no_body), T(a_status_becomes_its_http_code),
        T(what_went_wrong_inside_stays_inside), T(a_service_may_speak_to_people),
        T(a_service_out_of_reach_is_unavailable), T(who_is_not_known_is_challenged), T(who_lacks_a_role_is_told_which),
        T(another_verb_is_told_which_there_are), T(a_path_that_is_no_text_is_not_repeated))
