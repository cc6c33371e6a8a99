/* SPDX-License-Identifier: Apache-2.0 */
/* What is answered to what, by the whole gateway. */
#include "tests/gateway/whole.h"

#include "common/clock.h"
#include "tests/common/keys.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

TEST(the_gateway_answers_for_itself)
{
        const char *response = talk("GET " BASE "/status/live HTTP/1.1\r\n" HOST "X-Request-Id: abc-1\r\n\r\n");
        ck_assert_ptr_nonnull(strstr(response, "HTTP/1.1 200 OK\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "X-Request-Id: abc-1\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "Cache-Control: private, no-cache\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "X-Content-Type-Options: nosniff\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "\r\n\r\n{\"status\":\"alive\"}"));
        ck_assert_ptr_nonnull(strstr(talk("GET " BASE "/status/ready HTTP/1.1\r\n" HOST "\r\n"), "\"ready\""));
        ck_assert_int_eq(fake_calls(whole.client), 0);
}
END_TEST

TEST(a_call_goes_out_and_its_reply_comes_back)
{
        static const enum fake_mode modes[] = {FAKE_INSTANT, FAKE_THREAD};
        for (int i = 0; i < 2; i++) {
                fake_answer(whole.client, modes[i], STATUS_OK, NULL, NULL);
                const char *response = talk(get_share());
                ck_assert_ptr_nonnull(strstr(response, "HTTP/1.1 200 OK\r\n"));
                ck_assert_ptr_nonnull(strstr(response, "\"id\":\"" SUB "\""));
        }
        const char *response = talk(post_share("", SHARE));
        ck_assert_ptr_nonnull(strstr(response, "HTTP/1.1 201 Created\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "Location: " BASE "/goal-sharing/" SUB "\r\n"));
        wait_until_idle();
}
END_TEST

static const Sfp__Caller *vouched_for(ProtobufCBinaryData principal)
{
        Sfp__Caller *user;
        struct principal_verifier *verifier = principal_verifier_new(principal_public_key(whole.arena, KEYS_PRINCIPAL));
        status verified = principal_verify(verifier, whole.arena, principal, clock_unix_us() / 1000000, &user);
        principal_verifier_free(verifier);
        ck_assert_int_eq(verified, STATUS_OK);
        return user;
}

TEST(the_service_learns_who_asks_and_for_how_long)
{
        talk(post_share("X-Request-Id: r.1\r\nIdempotency-Key: k1\r\n"
                        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n",
                SHARE));
        const Sfp__RequestHeader *header = fake_last_header(whole.client);
        ck_assert_str_eq(header->method, "sfp.goals.Goals.CreateShare");
        const Sfp__Caller *user = vouched_for(header->principal);
        ck_assert_str_eq(user->user_id, SUB);
        ck_assert_str_eq(user->roles[0], "user");
        ck_assert_str_eq(header->request_id, "r.1");
        ck_assert_str_eq(header->idempotency_key, "k1");
        ck_assert_uint_eq(header->deadline_us, 3000000);
        ck_assert_ptr_nonnull(strstr(header->traceparent, "-0af7651916cd43dd8448eb211c80319c-"));
        ck_assert_ptr_null(strstr(header->traceparent, "b7ad6b7169203331"));
}
END_TEST

TEST(a_strange_request_id_is_replaced)
{
        const char *response = talk("GET " BASE "/status/live HTTP/1.1\r\n" HOST "X-Request-Id: a b\r\n\r\n");
        ck_assert_ptr_null(strstr(response, "a b"));
        ck_assert_ptr_nonnull(strstr(response, "X-Request-Id: "));
}
END_TEST

TEST(requests_in_one_packet_are_answered_in_order)
{
        const char *first = "GET " BASE "/status/live HTTP/1.1\r\n" HOST "X-Request-Id: first\r\n\r\n";
        const char *second = post_share("X-Request-Id: second\r\n", SHARE);
        const char *third = "GET " BASE "/none HTTP/1.1\r\n" HOST "X-Request-Id: third\r\nConnection: close\r\n\r\n";
        int fd = dial();
        const char *all = arena_printf(whole.arena, "%s%s%s", first, second, third);
        say(fd, all, strlen(all));
        const char *heard = hear_all(fd);
        const char *at = strstr(heard, "X-Request-Id: first");
        ck_assert_ptr_nonnull(at);
        at = strstr(at, "X-Request-Id: second");
        ck_assert_ptr_nonnull(at);
        ck_assert_ptr_nonnull(strstr(at, "X-Request-Id: third"));
        close(fd);
}
END_TEST

TEST(a_request_may_come_byte_by_byte)
{
        const char *request = post_share("", SHARE);
        int fd = dial();
        for (const char *at = request; *at != '\0'; at++) {
                say(fd, at, 1);
                usleep(500);
        }
        ck_assert_ptr_nonnull(strstr(hear(fd), "HTTP/1.1 201 Created\r\n"));
        close(fd);
}
END_TEST

TEST(head_is_get_without_a_body)
{
        const char *response = talk("HEAD " BASE "/status/live HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
        ck_assert_ptr_nonnull(strstr(response, "HTTP/1.1 200 OK\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "Content-Length: 18\r\n"));
        ck_assert_ptr_null(strstr(response, "alive"));
}
END_TEST

TEST(options_tells_the_verbs)
{
        const char *response = talk("OPTIONS " BASE "/goal-sharing/inspiration HTTP/1.1\r\n" HOST "\r\n");
        ck_assert_ptr_nonnull(strstr(response, "HTTP/1.1 204 No Content\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "Allow: GET, HEAD, OPTIONS\r\n"));
}
END_TEST

TEST(what_is_not_there_or_not_allowed_is_a_problem)
{
        assert_problem(talk("GET /nothing HTTP/1.1\r\n" HOST "\r\n"), 404, "not_found");
        const char *response =
                talk("PUT " BASE "/goal-sharing/inspiration HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
        assert_problem(response, 405, "method_not_allowed");
        ck_assert_ptr_nonnull(strstr(response, "Allow: GET, HEAD, OPTIONS\r\n"));
        response = talk("GET " BASE "/goal-sharing/ HTTP/1.1\r\n" HOST "\r\n");
        assert_problem(response, 401, "unauthenticated");
        ck_assert_ptr_nonnull(strstr(response, "WWW-Authenticate: Bearer realm=\"social\"\r\n"));
        response = talk("GET " BASE "/goal-sharing/ HTTP/1.1\r\n" HOST "Authorization: Bearer a.b.c\r\n\r\n");
        assert_problem(response, 401, "invalid_token");
        ck_assert_ptr_nonnull(strstr(response, "WWW-Authenticate: Bearer realm=\"social\", error=\"invalid_token\", "));
        ck_assert_int_eq(fake_calls(whole.client), 0);
}
END_TEST

TEST(bad_input_costs_no_call)
{
        assert_problem(talk(post_share("", "{\"goal_title\":")), 400, "malformed_json");
        assert_problem(talk(post_share("", "{\"goal_title\":1}")), 422, "validation_failed");
        assert_problem(talk("GET " BASE "/goal-sharing/%00 HTTP/1.1\r\n" HOST "\r\n"), 400, "malformed_path");
        assert_problem(
                talk("GET " BASE "/goal-sharing/..%2f..%2fetc HTTP/1.1\r\n" HOST "\r\n"), 401, "unauthenticated");
        assert_problem(talk("GET " BASE "/goal-sharing/%2e%2e/x HTTP/1.1\r\n" HOST "\r\n"), 400, "malformed_path");
        assert_problem(talk("GET " BASE "/goal-sharing/../x HTTP/1.1\r\n" HOST "\r\n"), 400, "malformed_path");
        assert_problem(talk(arena_printf(whole.arena, "GET " BASE "/goal-sharing/?q=%%00 HTTP/1.1\r\n" HOST "%s\r\n",
                               whole.bearer)),
                400, "malformed_query");
        assert_problem(
                talk(arena_printf(whole.arena, "GET " BASE "/goal-sharing/7 HTTP/1.1\r\n" HOST "%s\r\n", whole.bearer)),
                422, "validation_failed");
        ck_assert_int_eq(fake_calls(whole.client), 0);
}
END_TEST

TEST(a_large_body_is_refused_however_it_comes)
{
        char *large = arena_zalloc(whole.arena, BODY_MAX + 2);
        memset(large, ' ', BODY_MAX + 1);
        assert_problem(talk(post_share("", large)), 413, "payload_too_large");
        assert_problem(talk(arena_printf(whole.arena,
                               "POST " BASE "/goal-sharing HTTP/1.1\r\n" HOST "%sTransfer-Encoding: chunked\r\n\r\n"
                               "%x\r\n%s\r\n0\r\n\r\n",
                               whole.bearer, BODY_MAX + 1, large)),
                413, "payload_too_large");
        assert_problem(talk("POST " BASE "/goal-sharing HTTP/1.1\r\n" HOST "Content-Length: 99999999999\r\n\r\n"), 413,
                "payload_too_large");
        large[BODY_MAX] = '\0';
        assert_problem(talk(post_share("", large)), 400, "malformed_json");
}
END_TEST

TEST(long_addresses_and_headers_are_refused)
{
        char *large = arena_zalloc(whole.arena, 20001);
        memset(large, 'a', 20000);
        assert_problem(
                talk(arena_printf(whole.arena, "GET /%.9000s HTTP/1.1\r\n" HOST "\r\n", large)), 414, "uri_too_long");
        assert_problem(
                talk(arena_printf(whole.arena, "GET /?%.9000s HTTP/1.1\r\n" HOST "\r\n", large)), 414, "uri_too_long");
        assert_problem(talk(arena_printf(whole.arena, "GET / HTTP/1.1\r\n" HOST "X-A: %s\r\n\r\n", large)), 431,
                "headers_too_large");
}
END_TEST

TEST(where_a_body_ends_must_be_plain)
{
        static const char *const bad[] = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: identity\r\n\r\n",
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                int fd = dial();
                const char *request =
                        arena_printf(whole.arena, "POST " BASE "/goal-sharing HTTP/1.1\r\n" HOST "%s", bad[i]);
                say(fd, request, strlen(request));
                say(fd, "GET " BASE "/status/live HTTP/1.1\r\n" HOST "\r\n", 47);
                const char *heard = hear_all(fd);
                ck_assert_msg(strncmp(heard, "HTTP/1.1 400 ", 13) == 0, "%s: %s", bad[i], heard);
                ck_assert_msg(strstr(heard, "alive") == NULL, "%s: %s", bad[i], heard);
                close(fd);
        }
}
END_TEST

TEST(a_header_of_ours_is_sent_once)
{
        assert_problem(
                talk("GET " BASE "/status/live HTTP/1.1\r\n" HOST "Authorization: a\r\nAuthorization: b\r\n\r\n"), 400,
                "malformed_request");
        assert_problem(talk("GET " BASE "/status/live HTTP/1.1\r\n" HOST HOST "\r\n"), 400, "malformed_request");
}
END_TEST

TEST(garbage_does_not_end_the_process)
{
        static const struct {
                const char *bytes;
                size_t size;
        } rows[] = {{"\0\0\0\0\r\n\r\n", 8}, {"GET\r\n\r\n", 7}, {"GET / HTTP/9.9\r\n\r\n", 18},
                {"GET /\0x HTTP/1.1\r\nHost: a\r\n\r\n", 30}, {"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29},
                {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11}, {"GET / HTTP/1.1\r\n\r\n", 18},
                {"GET / HTTP/1.1\r\nHost: a\r\nX\xff: \xff\r\n\r\n", 35},
                {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 48}, {" / HTTP/1.1\r\n\r\n", 15},
                {"GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", 34}, {"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 33}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                int fd = dial();
                say(fd, rows[i].bytes, rows[i].size);
                shutdown(fd, SHUT_WR);
                const char *heard = hear_all(fd);
                ck_assert_msg(strncmp(heard, "HTTP/1.1 2", 10) != 0, "row %zu: %s", i, heard);
                close(fd);
        }
        ck_assert_ptr_nonnull(strstr(talk("GET " BASE "/status/live HTTP/1.1\r\n" HOST "\r\n"), "alive"));
}
END_TEST

TEST(a_failed_call_is_a_problem_that_tells_nothing_from_inside)
{
        fake_answer(whole.client, FAKE_THREAD, STATUS_INTERNAL, NULL, "relation \"secret_table\" does not exist");
        const char *response = talk(get_share());
        assert_problem(response, 500, "internal");
        ck_assert_ptr_null(strstr(response, "secret_table"));
        fake_answer(whole.client, FAKE_THREAD, STATUS_NOT_FOUND, NULL, NULL);
        assert_problem(talk(get_share()), 404, "not_found");
}
END_TEST

TEST(a_browser_may_ask_beforehand)
{
        const char *response = talk("OPTIONS " BASE "/goal-sharing/inspiration HTTP/1.1\r\n" HOST
                                    "Origin: https://app.example\r\nAccess-Control-Request-Method: GET\r\n\r\n");
        ck_assert_ptr_nonnull(strstr(response, "HTTP/1.1 204 No Content\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "Access-Control-Allow-Origin: https://app.example\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "Access-Control-Max-Age: 7200\r\n"));
        response = talk("OPTIONS " BASE "/goal-sharing/inspiration HTTP/1.1\r\n" HOST
                        "Origin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n\r\n");
        ck_assert_ptr_null(strstr(response, "Access-Control"));
}
END_TEST

SUITE_WITH(whole_begin, whole_end, "gateway/http", FORK, T(the_gateway_answers_for_itself),
        T(a_call_goes_out_and_its_reply_comes_back), T(the_service_learns_who_asks_and_for_how_long),
        T(a_strange_request_id_is_replaced), T(requests_in_one_packet_are_answered_in_order),
        T(a_request_may_come_byte_by_byte), T(head_is_get_without_a_body), T(options_tells_the_verbs),
        T(what_is_not_there_or_not_allowed_is_a_problem), T(bad_input_costs_no_call),
        T(a_large_body_is_refused_however_it_comes), T(long_addresses_and_headers_are_refused),
        T(where_a_body_ends_must_be_plain), T(a_header_of_ours_is_sent_once), T(garbage_does_not_end_the_process),
        T(a_failed_call_is_a_problem_that_tells_nothing_from_inside), T(a_browser_may_ask_beforehand))
