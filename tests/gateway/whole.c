/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/whole.h"

#include "common/address.h"
#include "common/clock.h"
#include "tests/common/keys.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define SECRET "YW4gZXhhbXBsZSBrZXkgb2YgMzYgYnl0ZXMsIG5vIG1vcmUu"

struct whole whole;

static const char *new_bearer(void)
{
        struct violations violations = violations_in(whole.arena);
        Sfp__Claims claims = SFP__CLAIMS__INIT;
        claims.sub = SUB;
        claims.has_exp = 1;
        claims.exp = clock_unix_us() / 1000000 + 600;
        return arena_printf(whole.arena, "Authorization: Bearer %s\r\n",
                jwt_sign(whole.gateway->jwt, whole.arena, &claims, &violations));
}

void whole_begin(void)
{
        const struct gateway_settings settings = {
                .http = {.address = "127.0.0.1:0",
                        .threads = 2,
                        .connections_max = 64,
                        .body_max = BODY_MAX,
                        .timeout_s = TIMEOUT_S},
                .jwt_secret = SECRET,
                .principal_key = KEYS_PRINCIPAL,
                .requests_max = REQUESTS_MAX,
                .sockets_max = 2,
                .socket_origins = "https://app.example",
                .call_deadline_ms = 3000,
                .cors_origins = "https://app.example",
                .rate = {.trusted_proxies = "",
                        .proxy_header = "x-forwarded-for",
                        .redis_url = "",
                        .secret = KEYS_PRINCIPAL},
        };
        signal(SIGPIPE, SIG_IGN);
        whole.arena = arena_new(0);
        whole.metrics = metrics_new();
        whole.client = client_new(&(struct client_settings){.address = ""}, whole.metrics);
        ck_assert_int_eq(gateway_start(&settings, whole.metrics, whole.client, &whole.gateway), STATUS_OK);
        whole.bearer = new_bearer();
}

void whole_end(void)
{
        if (whole.gateway != NULL)
                gateway_stop(whole.gateway, PATIENCE_MS);
        metrics_free(whole.metrics);
        arena_free(whole.arena);
}

int dial(void)
{
        union address address;
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(address_parse(http_address(whole.gateway->http), &address), STATUS_OK);
        ck_assert_int_eq(connect(fd, &address.any, sizeof address.v4), 0);
        return fd;
}

void say(int fd, const char *bytes, size_t size)
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
        struct buffer heard = buffer_in(whole.arena);
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

const char *hear(int fd)
{
        return hear_bytes(fd, SIZE_MAX, 3000);
}

const char *hear_all(int fd)
{
        return hear_bytes(fd, SIZE_MAX - 1, 3000);
}

bool is_closed(int fd)
{
        char byte;
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        return poll(&poll_fd, 1, 3000) == 1 && recv(fd, &byte, 1, 0) <= 0;
}

const char *talk(const char *request)
{
        int fd = dial();
        say(fd, request, strlen(request));
        const char *response = hear(fd);
        close(fd);
        return response;
}

const char *get_share(void)
{
        return arena_printf(whole.arena, "GET " BASE "/goal-sharing/" SUB " HTTP/1.1\r\n" HOST "%s\r\n", whole.bearer);
}

const char *post_share(const char *more_headers, const char *body)
{
        return arena_printf(whole.arena,
                "POST " BASE "/goal-sharing HTTP/1.1\r\n" HOST "%s%sContent-Type: application/json\r\n"
                "Content-Length: %zu\r\n\r\n%s",
                whole.bearer, more_headers, strlen(body), body);
}

void assert_problem(const char *response, int http, const char *code)
{
        ck_assert_msg(strncmp(response, arena_printf(whole.arena, "HTTP/1.1 %d ", http), 13) == 0, "%d %s: %.300s",
                http, code, response);
        ck_assert_msg(
                strstr(response, arena_printf(whole.arena, "\"code\":\"%s\"", code)) != NULL, "%s: %s", code, response);
        ck_assert_ptr_nonnull(strstr(response, "Content-Type: application/problem+json"));
}

void wait_for_calls(int count)
{
        for (int i = 0; i < 600 && fake_calls(whole.client) < count; i++)
                usleep(5000);
        ck_assert_int_eq(fake_calls(whole.client), count);
}

void wait_until_idle(void)
{
        for (int i = 0; i < 600 && meter_in_flight(whole.gateway->meter) > 0; i++)
                usleep(5000);
        ck_assert_int_eq(meter_in_flight(whole.gateway->meter), 0);
}
