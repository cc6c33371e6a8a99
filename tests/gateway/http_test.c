/* SPDX-License-Identifier: Apache-2.0 */
/* The whole gateway over sockets, with a client that answers by itself. */
#include "common/address.h"
#include "common/base64.h"
#include "common/clock.h"
#include "gateway/gateway.h"
#include "tests/common/keys.h"
#include "tests/gateway/fake_client.h"
#include "tests/suite.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BASE   "/api/v1/social"
#define SUB    "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"
#define SECRET "YW4gZXhhbXBsZSBrZXkgb2YgMzYgYnl0ZXMsIG5vIG1vcmUu"
#define HOST   "Host: localhost\r\n"
#define SHARE  "{\"goal_category\":\"home\",\"goal_title\":\"Our home\"}"

enum { REQUESTS_MAX = 4, BODY_MAX = 4096, PATIENCE_MS = 3000 };

static struct arena *arena;
static struct metrics *metrics;
static struct client *client;
static struct gateway *gateway;
static const char *bearer;

static const char *new_bearer(void)
{
        struct violations violations = violations_in(arena);
        Sfp__Claims claims = SFP__CLAIMS__INIT;
        claims.sub = SUB;
        claims.has_exp = 1;
        claims.exp = clock_unix_us() / 1000000 + 600;
        return arena_printf(arena, "Authorization: Bearer %s\r\n", jwt_sign(gateway->jwt, arena, &claims, &violations));
}

static void set_up(void)
{
        const struct gateway_settings settings = {
                .http = {.address = "127.0.0.1:0",
                        .threads = 2,
                        .connections_max = 64,
                        .body_max = BODY_MAX,
                        .timeout_s = 2},
                .jwt_secret = SECRET,
                .principal_key = KEYS_PRINCIPAL,
                .requests_max = REQUESTS_MAX,
                .call_deadline_ms = 3000,
                .cors_origins = "https://app.example",
                .rate = {.trusted_proxies = "", .redis_url = "", .secret = KEYS_PRINCIPAL},
        };
        signal(SIGPIPE, SIG_IGN);
        arena = arena_new(0);
        metrics = metrics_new();
        client = client_new(&(struct client_settings){.address = ""}, metrics);
        ck_assert_int_eq(gateway_start(&settings, metrics, client, &gateway), STATUS_OK);
        bearer = new_bearer();
}

static void tear_down(void)
{
        if (gateway != NULL)
                gateway_stop(gateway, PATIENCE_MS);
        metrics_free(metrics);
        arena_free(arena);
}

static int dial(void)
{
        union address address;
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(address_parse(http_address(gateway->http), &address), STATUS_OK);
        ck_assert_int_eq(connect(fd, &address.any, sizeof address.v4), 0);
        return fd;
}

static void say(int fd, const char *bytes, size_t size)
{
        while (size > 0) {
                ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
                if (sent <= 0)
                        return; /* the server may have hung up: what it said before counts */
                bytes += sent;
                size -= (size_t)sent;
        }
}

/* What comes until `count` responses are there whole, the other side closes, or nothing comes for a while. */
static const char *hear_bytes(int fd, size_t size_of_all, int patience_ms)
{
        struct buffer heard = buffer_in(arena);
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        while (heard.length < size_of_all && poll(&poll_fd, 1, patience_ms) == 1) {
                ssize_t got = recv(fd, buffer_reserve(&heard, 4096), 4096, 0);
                if (got <= 0)
                        break;
                heard.length += (size_t)got;
                heard.bytes[heard.length] = '\0';
                const char *end = strstr(heard.bytes, "\r\n\r\n");
                const char *length = strcasestr(heard.bytes, "Content-Length: ");
                if (size_of_all == SIZE_MAX && end != NULL &&
                        heard.length >= (size_t)(end + 4 - heard.bytes) +
                                                (length == NULL || length > end ? 0 : strtoul(length + 16, NULL, 10)))
                        break;
        }
        return buffer_text(&heard);
}

/* The next response. */
static const char *hear(int fd)
{
        return hear_bytes(fd, SIZE_MAX, 3000);
}

/* Everything until the other side closes. */
static const char *hear_all(int fd)
{
        return hear_bytes(fd, SIZE_MAX - 1, 3000);
}

static bool is_closed(int fd)
{
        char byte;
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        return poll(&poll_fd, 1, 3000) == 1 && recv(fd, &byte, 1, 0) <= 0;
}

static const char *talk(const char *request)
{
        int fd = dial();
        say(fd, request, strlen(request));
        const char *response = hear(fd);
        close(fd);
        return response;
}

static const char *get_share(void)
{
        return arena_printf(arena, "GET " BASE "/goal-sharing/" SUB " HTTP/1.1\r\n" HOST "%s\r\n", bearer);
}

static const char *post_share(const char *more_headers, const char *body)
{
        return arena_printf(arena,
                "POST " BASE "/goal-sharing HTTP/1.1\r\n" HOST "%s%sContent-Type: application/json\r\n"
                "Content-Length: %zu\r\n\r\n%s",
                bearer, more_headers, strlen(body), body);
}

static void assert_problem(const char *response, int http, const char *code)
{
        ck_assert_msg(strncmp(response, arena_printf(arena, "HTTP/1.1 %d ", http), 13) == 0, "%d %s: %.300s", http,
                code, response);
        ck_assert_msg(strstr(response, arena_printf(arena, "\"code\":\"%s\"", code)) != NULL, "%s: %s", code, response);
        ck_assert_ptr_nonnull(strstr(response, "Content-Type: application/problem+json"));
}

static void wait_for_calls(int count)
{
        for (int i = 0; i < 600 && fake_calls(client) < count; i++)
                usleep(5000);
        ck_assert_int_eq(fake_calls(client), count);
}

static void wait_until_idle(void)
{
        for (int i = 0; i < 600 && meter_in_flight(gateway->meter) > 0; i++)
                usleep(5000);
        ck_assert_int_eq(meter_in_flight(gateway->meter), 0);
}

TEST(the_gateway_answers_for_itself)
{
        const char *response = talk("GET " BASE "/status/live HTTP/1.1\r\n" HOST "X-Request-Id: abc-1\r\n\r\n");
        ck_assert_ptr_nonnull(strstr(response, "HTTP/1.1 200 OK\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "X-Request-Id: abc-1\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "Cache-Control: private, no-cache\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "X-Content-Type-Options: nosniff\r\n"));
        ck_assert_ptr_nonnull(strstr(response, "\r\n\r\n{\"status\":\"alive\"}"));
        ck_assert_ptr_nonnull(strstr(talk("GET " BASE "/status/ready HTTP/1.1\r\n" HOST "\r\n"), "\"ready\""));
        ck_assert_int_eq(fake_calls(client), 0);
}
END_TEST

TEST(a_call_goes_out_and_its_reply_comes_back)
{
        static const enum fake_mode modes[] = {FAKE_INSTANT, FAKE_THREAD};
        for (int i = 0; i < 2; i++) {
                fake_answer(client, modes[i], STATUS_OK, NULL, NULL);
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
        struct principal_verifier *verifier = principal_verifier_new(principal_public_key(arena, KEYS_PRINCIPAL));
        status verified = principal_verify(verifier, arena, principal, clock_unix_us() / 1000000, &user);
        principal_verifier_free(verifier);
        ck_assert_int_eq(verified, STATUS_OK);
        return user;
}

TEST(the_service_learns_who_asks_and_for_how_long)
{
        talk(post_share("X-Request-Id: r.1\r\nIdempotency-Key: k1\r\n"
                        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n",
                SHARE));
        const Sfp__RequestHeader *header = fake_last_header(client);
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
        const char *all = arena_printf(arena, "%s%s%s", first, second, third);
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
        ck_assert_int_eq(fake_calls(client), 0);
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
        assert_problem(
                talk(arena_printf(arena, "GET " BASE "/goal-sharing/?q=%%00 HTTP/1.1\r\n" HOST "%s\r\n", bearer)), 400,
                "malformed_query");
        assert_problem(talk(arena_printf(arena, "GET " BASE "/goal-sharing/7 HTTP/1.1\r\n" HOST "%s\r\n", bearer)), 422,
                "validation_failed");
        ck_assert_int_eq(fake_calls(client), 0);
}
END_TEST

TEST(a_large_body_is_refused_however_it_comes)
{
        char *large = arena_zalloc(arena, BODY_MAX + 2);
        memset(large, ' ', BODY_MAX + 1);
        assert_problem(talk(post_share("", large)), 413, "payload_too_large");
        assert_problem(talk(arena_printf(arena,
                               "POST " BASE "/goal-sharing HTTP/1.1\r\n" HOST "%sTransfer-Encoding: chunked\r\n\r\n"
                               "%x\r\n%s\r\n0\r\n\r\n",
                               bearer, BODY_MAX + 1, large)),
                413, "payload_too_large");
        assert_problem(talk("POST " BASE "/goal-sharing HTTP/1.1\r\n" HOST "Content-Length: 99999999999\r\n\r\n"), 413,
                "payload_too_large");
        large[BODY_MAX] = '\0';
        assert_problem(talk(post_share("", large)), 400, "malformed_json");
}
END_TEST

TEST(long_addresses_and_headers_are_refused)
{
        char *large = arena_zalloc(arena, 20001);
        memset(large, 'a', 20000);
        assert_problem(talk(arena_printf(arena, "GET /%.9000s HTTP/1.1\r\n" HOST "\r\n", large)), 414, "uri_too_long");
        assert_problem(talk(arena_printf(arena, "GET /?%.9000s HTTP/1.1\r\n" HOST "\r\n", large)), 414, "uri_too_long");
        assert_problem(talk(arena_printf(arena, "GET / HTTP/1.1\r\n" HOST "X-A: %s\r\n\r\n", large)), 431,
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
                const char *request = arena_printf(arena, "POST " BASE "/goal-sharing HTTP/1.1\r\n" HOST "%s", bad[i]);
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

TEST(a_client_may_leave_at_any_byte)
{
        const char *request = post_share("", SHARE);
        fake_answer(client, FAKE_THREAD, STATUS_OK, NULL, NULL);
        for (size_t size = 0; size <= strlen(request); size += 7) {
                int fd = dial();
                say(fd, request, size);
                close(fd);
        }
        wait_until_idle();
}
END_TEST

TEST(a_client_may_leave_during_its_call)
{
        fake_answer(client, FAKE_HOLD, STATUS_OK, NULL, NULL);
        for (int i = 0; i < REQUESTS_MAX; i++) {
                int fd = dial();
                struct linger reset = {.l_onoff = 1, .l_linger = 0};
                if (i % 2 == 0)
                        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
                say(fd, get_share(), strlen(get_share()));
                wait_for_calls(i + 1);
                close(fd);
        }
        ck_assert_int_eq(meter_in_flight(gateway->meter), REQUESTS_MAX);
        fake_release(client);
        wait_until_idle();
        fake_answer(client, FAKE_THREAD, STATUS_OK, NULL, NULL);
        ck_assert_ptr_nonnull(strstr(talk(get_share()), "HTTP/1.1 200 OK"));
}
END_TEST

TEST(more_than_can_be_carried_is_refused)
{
        int fds[REQUESTS_MAX];
        fake_answer(client, FAKE_HOLD, STATUS_OK, NULL, NULL);
        for (int i = 0; i < REQUESTS_MAX; i++) {
                fds[i] = dial();
                say(fds[i], get_share(), strlen(get_share()));
        }
        wait_for_calls(REQUESTS_MAX);
        const char *response = talk(get_share());
        assert_problem(response, 503, "overloaded");
        ck_assert_ptr_nonnull(strstr(response, "Retry-After: 1\r\n"));
        ck_assert_ptr_nonnull(strstr(talk("GET " BASE "/status/live HTTP/1.1\r\n" HOST "\r\n"), "alive"));
        fake_release(client);
        for (int i = 0; i < REQUESTS_MAX; i++) {
                ck_assert_ptr_nonnull(strstr(hear(fds[i]), "HTTP/1.1 200 OK"));
                close(fds[i]);
        }
}
END_TEST

TEST(a_failed_call_is_a_problem_that_tells_nothing_from_inside)
{
        fake_answer(client, FAKE_THREAD, STATUS_INTERNAL, NULL, "relation \"secret_table\" does not exist");
        const char *response = talk(get_share());
        assert_problem(response, 500, "internal");
        ck_assert_ptr_null(strstr(response, "secret_table"));
        fake_answer(client, FAKE_THREAD, STATUS_NOT_FOUND, NULL, NULL);
        assert_problem(talk(get_share()), 404, "not_found");
}
END_TEST

/* One byte a tenth of a second is never idle; after twice the time that is given it is over all the same. */
static void expect_cut_off(const char *begin, const char *trickle)
{
        int fd = dial();
        int64_t until_us = clock_now_us() + 20000000;
        bool is_over = false;
        say(fd, begin, strlen(begin));
        for (size_t i = 0; !is_over && clock_now_us() < until_us; i++) {
                struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
                say(fd, trickle + i % strlen(trickle), 1);
                is_over = poll(&poll_fd, 1, 100) == 1;
        }
        ck_assert_msg(is_over && is_closed(fd), "%s goes on for ever", begin);
        close(fd);
}

TEST(a_request_line_that_trickles_in_is_cut_off)
{
        expect_cut_off("GET /", "a");
}
END_TEST

TEST(a_head_that_trickles_in_is_cut_off)
{
        expect_cut_off("GET / HTTP/1.1\r\n" HOST, "X-A: b\r\n");
}
END_TEST

TEST(a_chunk_that_trickles_in_is_cut_off)
{
        expect_cut_off("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5;", "a");
}
END_TEST

TEST(an_answer_that_is_slow_in_coming_is_waited_for)
{
        fake_answer(client, FAKE_HOLD, STATUS_OK, NULL, NULL);
        int fd = dial();
        say(fd, get_share(), strlen(get_share()));
        wait_for_calls(1);
        usleep(2600000); /* longer than a request may take to arrive */
        fake_release(client);
        ck_assert_ptr_nonnull(strstr(hear(fd), "HTTP/1.1 200 OK"));
        close(fd);
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

TEST(a_body_that_does_not_come_is_not_waited_for)
{
        int fd = dial();
        const char *request = "POST " BASE "/goal-sharing HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\n";
        say(fd, request, strlen(request));
        for (int i = 0; i < 30; i++) { /* never idle for long, and yet never done */
                say(fd, " ", 1);
                usleep(100000);
        }
        ck_assert(is_closed(fd));
        close(fd);
}
END_TEST

static void *stop(void *arg)
{
        gateway_stop(gateway, *(const int *)arg);
        return NULL;
}

TEST(a_stop_lets_calls_finish)
{
        pthread_t thread;
        int patience_ms = PATIENCE_MS;
        fake_answer(client, FAKE_HOLD, STATUS_OK, NULL, NULL);
        int fd = dial();
        say(fd, get_share(), strlen(get_share()));
        wait_for_calls(1);
        pthread_create(&thread, NULL, stop, &patience_ms);
        while (gateway_is_ready(gateway))
                usleep(1000);
        usleep(50000);
        fake_release(client);
        const char *response = hear(fd);
        ck_assert_ptr_nonnull(strstr(response, "HTTP/1.1 200 OK"));
        ck_assert_ptr_nonnull(strstr(response, "Connection: close"));
        pthread_join(thread, NULL);
        gateway = NULL;
        close(fd);
}
END_TEST

TEST(a_stop_ends_calls_that_do_not_finish)
{
        pthread_t thread;
        int patience_ms = 100;
        fake_answer(client, FAKE_HOLD, STATUS_OK, NULL, NULL);
        int fd = dial();
        say(fd, get_share(), strlen(get_share()));
        wait_for_calls(1);
        pthread_create(&thread, NULL, stop, &patience_ms);
        assert_problem(hear(fd), 503, "unavailable");
        pthread_join(thread, NULL);
        gateway = NULL;
        close(fd);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/http", FORK, T(the_gateway_answers_for_itself),
        T(a_call_goes_out_and_its_reply_comes_back), T(the_service_learns_who_asks_and_for_how_long),
        T(a_strange_request_id_is_replaced), T(requests_in_one_packet_are_answered_in_order),
        T(a_request_may_come_byte_by_byte), T(head_is_get_without_a_body), T(options_tells_the_verbs),
        T(what_is_not_there_or_not_allowed_is_a_problem), T(bad_input_costs_no_call),
        T(a_large_body_is_refused_however_it_comes), T(long_addresses_and_headers_are_refused),
        T(where_a_body_ends_must_be_plain), T(a_header_of_ours_is_sent_once), T(garbage_does_not_end_the_process),
        T(a_client_may_leave_at_any_byte), T(a_client_may_leave_during_its_call),
        T(more_than_can_be_carried_is_refused), T(a_failed_call_is_a_problem_that_tells_nothing_from_inside),
        T(a_request_line_that_trickles_in_is_cut_off), T(a_head_that_trickles_in_is_cut_off),
        T(a_chunk_that_trickles_in_is_cut_off), T(an_answer_that_is_slow_in_coming_is_waited_for),
        T(a_browser_may_ask_beforehand), T(a_body_that_does_not_come_is_not_waited_for), T(a_stop_lets_calls_finish),
        T(a_stop_ends_calls_that_do_not_finish))
