/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS, by a gateway of the test's own that answers by itself: what is shown, what is refused, and what a new
 * certificate changes. */
#include "common/buffer.h"
#include "tests/common/certificate.h"
#include "tests/e2e/client.h"
#include "tests/e2e/program.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECRET "YW4gZXhhbXBsZSBrZXkgb2YgMzYgYnl0ZXMsIG5vIG1vcmUu"
#define KEY    "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
#define LIVE   "/api/v1/social/status/live"
#define SUB    "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"

enum { START_S = 30, WAIT_S = 30 };

static char directory[] = "/tmp/sfp-tls-XXXXXX";
static pid_t gateway;
static int log_fd;
static struct buffer log_text;
static int port;

static const char *file(const char *name)
{
        return text("%s/%s", directory, name);
}

/* Whatever the gateway has said so far. */
static const char *said(void)
{
        struct pollfd poll_fd = {.fd = log_fd, .events = POLLIN};
        while (poll(&poll_fd, 1, 0) > 0) {
                ssize_t got = read(log_fd, buffer_reserve(&log_text, 4096), 4096);
                if (got <= 0)
                        break;
                log_text.length += (size_t)got;
                log_text.bytes[log_text.length] = '\0';
        }
        return buffer_text(&log_text);
}

static void start_gateway(void)
{
        int ends[2];
        const char *program = text("%s/tests/sfp-gateway-alone", program_setting("SFP_BUILD"));
        char *const environment[] = {"JWT_SECRET=" SECRET, "MESH_KEY=" KEY, "PRINCIPAL_KEY=" KEY,
                "HTTP_ADDRESS=127.0.0.1:0", text("RUN_DIR=%s", directory), text("TLS_CERTIFICATE=%s", file("own.pem")),
                text("TLS_KEY=%s", file("own.pem")), NULL};
        ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
        gateway = fork();
        if (gateway == 0) {
                dup2(ends[1], STDERR_FILENO);
                execle(program, program, (char *)NULL, environment);
                _exit(127);
        }
        close(ends[1]);
        log_fd = ends[0];
        log_text = buffer_in(scene_arena());
        static const char serving[] = "\"address\":\"127.0.0.1:";
        ck_assert_msg(AWAIT(START_S, strstr(said(), serving) != NULL), "it does not start: %s", said());
        port = (int)strtol(strstr(said(), serving) + sizeof serving - 1, NULL, 10);
}

static void begin(void)
{
        scene_begin();
        memcpy(directory + sizeof directory - 7, "XXXXXX", 6);
        ck_assert_ptr_nonnull(mkdtemp(directory));
        certificate_make("localhost", file("authority.pem"), file("own.pem"));
        start_gateway();
}

static void end(void)
{
        static const char *const files[] = {
                "authority.pem", "own.pem", "other-authority.pem", "other.pem", "sfp-gateway.admin"};
        int status = 0;
        kill(gateway, SIGTERM);
        waitpid(gateway, &status, 0);
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
                unlink(file(files[i]));
        rmdir(directory);
        bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        ck_assert_msg(is_good, "it ends with %x: %s", (unsigned)status, said());
        close(log_fd);
        scene_end();
}

static size_t keep(char *bytes, size_t size, size_t count, void *out)
{
        buffer_append(out, bytes, size * count);
        return size * count;
}

static CURL *new_client(const char *authority, const char *path)
{
        CURL *curl = curl_easy_init();
        struct curl_slist *names = curl_slist_append(NULL, text("localhost:%d:127.0.0.1", port));
        curl_easy_setopt(curl, CURLOPT_URL, text("https://localhost:%d%s", port, path));
        curl_easy_setopt(curl, CURLOPT_RESOLVE, names);
        curl_easy_setopt(curl, CURLOPT_CAINFO, authority);
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WAIT_S);
        curl_easy_setopt(curl, CURLOPT_PRIVATE, names);
        return curl;
}

static void close_client(CURL *curl)
{
        struct curl_slist *names;
        curl_easy_getinfo(curl, CURLINFO_PRIVATE, &names);
        curl_easy_cleanup(curl);
        curl_slist_free_all(names);
}

/* Head and body of the answer; NULL with the reason in *why when there is none. */
static const char *perform(CURL *curl, CURLcode *why)
{
        struct buffer *answer = arena_alloc(scene_arena(), sizeof *answer);
        *answer = buffer_in(scene_arena());
        curl_easy_setopt(curl, CURLOPT_HEADER, 1L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
        *why = curl_easy_perform(curl);
        return *why == CURLE_OK ? buffer_text(answer) : NULL;
}

static CURLcode fetch(const char *authority)
{
        CURLcode why;
        CURL *curl = new_client(authority, LIVE);
        perform(curl, &why);
        close_client(curl);
        return why;
}

/* With these versions and no others, however weak the client takes them to be. */
static CURLcode fetch_with(long versions)
{
        CURLcode why;
        CURL *curl = new_client(file("authority.pem"), LIVE);
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, versions);
        curl_easy_setopt(curl, CURLOPT_SSL_CIPHER_LIST, "ALL:@SECLEVEL=0");
        perform(curl, &why);
        close_client(curl);
        return why;
}

static const char *token(void)
{
        const char *const argv[] = {"env", "JWT_SECRET=" SECRET,
                text("%s/bin/sfp-gateway", program_setting("SFP_BUILD")), "token", "--sub", SUB, NULL};
        char *out = program_output(scene_arena(), argv);
        out[strcspn(out, "\n")] = '\0';
        return out;
}

TEST(what_is_served_is_served_encrypted_and_says_to_stay_so)
{
        CURLcode why;
        CURL *curl = new_client(file("authority.pem"), LIVE);
        const char *answer = perform(curl, &why);
        ck_assert_msg(answer != NULL, "%s", curl_easy_strerror(why));
        ck_assert_ptr_nonnull(strstr(answer, "{\"status\":\"alive\"}"));
        ck_assert_ptr_nonnull(strcasestr(answer, "\r\nStrict-Transport-Security: max-age="));
        curl_easy_setopt(curl, CURLOPT_URL, text("http://localhost:%d" LIVE, port));
        answer = perform(curl, &why);
        ck_assert_msg(answer == NULL || strstr(answer, "alive") == NULL, "it is served in the clear, too");
        close_client(curl);
}
END_TEST

TEST(versions_before_1_2_are_refused)
{
        ck_assert_int_eq(fetch_with(CURL_SSLVERSION_TLSv1_0 | CURL_SSLVERSION_MAX_TLSv1_0), CURLE_SSL_CONNECT_ERROR);
        ck_assert_int_eq(fetch_with(CURL_SSLVERSION_TLSv1_1 | CURL_SSLVERSION_MAX_TLSv1_1), CURLE_SSL_CONNECT_ERROR);
        ck_assert_int_eq(fetch_with(CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2), CURLE_OK);
        ck_assert_int_eq(fetch_with(CURL_SSLVERSION_TLSv1_3 | CURL_SSLVERSION_MAX_TLSv1_3), CURLE_OK);
}
END_TEST

TEST(a_new_certificate_is_shown_after_sighup_and_nobody_is_dropped)
{
        CURLcode why;
        long n_connects = 1;
        CURL *old = new_client(file("authority.pem"), LIVE);
        ck_assert_ptr_nonnull(perform(old, &why));
        certificate_make("localhost", file("other-authority.pem"), file("other.pem"));
        ck_assert_int_ne(fetch(file("other-authority.pem")), CURLE_OK);
        ck_assert_int_eq(rename(file("other.pem"), file("own.pem")), 0);
        kill(gateway, SIGHUP);
        ck_assert_msg(AWAIT(WAIT_S, fetch(file("other-authority.pem")) == CURLE_OK), "it is not shown: %s", said());
        ck_assert_int_ne(fetch(file("authority.pem")), CURLE_OK);
        ck_assert_ptr_nonnull(perform(old, &why));
        curl_easy_getinfo(old, CURLINFO_NUM_CONNECTS, &n_connects);
        ck_assert_int_eq(n_connects, 0);
        close_client(old);
}
END_TEST

static void spoil(const char *content)
{
        FILE *out = fopen(file("own.pem"), "we");
        ck_assert(out != NULL && fputs(content, out) >= 0);
        fclose(out);
}

static int count(const char *haystack, const char *needle)
{
        int n = 0;
        for (; (haystack = strstr(haystack, needle)) != NULL; haystack++)
                n++;
        return n;
}

TEST(a_certificate_that_is_none_is_not_used_and_the_old_one_stays)
{
        static const char *const bad[] = {
                "", "not a certificate\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
        static const char complaint[] = "the new certificate is not used; the old one stays";
        for (int i = 0; i < 3; i++) {
                spoil(bad[i]);
                kill(gateway, SIGHUP);
                ck_assert_msg(AWAIT(WAIT_S, count(said(), complaint) == i + 1), "nothing is said: %s", said());
                ck_assert_int_eq(fetch(file("authority.pem")), CURLE_OK);
        }
}
END_TEST

/* Sends these bytes on a connection of its own and hears until `wanted` came. */
static bool says(CURL *curl, const char *bytes, size_t size, const char *wanted, size_t wanted_size)
{
        struct buffer heard = buffer_in(scene_arena());
        size_t moved;
        double until = now_s() + WAIT_S;
        if (size > 0 && (curl_easy_send(curl, bytes, size, &moved) != CURLE_OK || moved != size))
                return false;
        while (now_s() < until) {
                CURLcode got = curl_easy_recv(curl, buffer_reserve(&heard, 4096), 4096, &moved);
                if (got == CURLE_OK && moved == 0)
                        return false;
                if (got == CURLE_OK)
                        heard.length += moved;
                else if (got != CURLE_AGAIN)
                        return false;
                if (heard.length > 0 && memmem(heard.bytes, heard.length, wanted, wanted_size) != NULL)
                        return true;
                pause_ms(10);
        }
        return false;
}

static CURL *raw_connection(void)
{
        CURL *curl = new_client(file("authority.pem"), "");
        curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
        ck_assert_int_eq(curl_easy_perform(curl), CURLE_OK);
        return curl;
}

static CURL *open_socket(void)
{
        CURL *curl = raw_connection();
        const char *request =
                text("GET /api/v1/social/ws/" SUB " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                     "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer %s\r\n\r\n",
                        token());
        ck_assert(says(curl, request, strlen(request), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 28));
        return curl;
}

static CURL *open_stream(void)
{
        CURL *curl = raw_connection();
        const char *request = text(
                "GET /api/v1/social/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n", token());
        ck_assert_msg(says(curl, request, strlen(request), "retry: 3000\n\n", 13), "no stream");
        return curl;
}

TEST(a_websocket_is_spoken_over_tls)
{
        static const char ping[] = "\x89\x82\0\0\0\0hi", close[] = "\x88\x82\0\0\0\0\x03\xe8";
        CURL *curl = open_socket();
        ck_assert_msg(says(curl, ping, sizeof ping - 1, "\x8a\x02hi", 4), "no pong");
        ck_assert_msg(says(curl, close, sizeof close - 1, "\x88\x02\x03\xe8", 4), "no close");
        close_client(curl);
}
END_TEST

/* They come back elsewhere, not all at once, and nothing is left behind. */
TEST(who_listens_is_told_when_the_gateway_stops)
{
        CURL *stream = open_stream(), *socket = open_socket();
        kill(gateway, SIGTERM);
        ck_assert_msg(says(socket, "", 0, "\x88\x02\x03\xf4", 4), "the socket is not told");
        ck_assert_msg(says(stream, "", 0, "{\"type\":\"closing\",\"code\":1012}", 30), "the stream is not told");
        close_client(stream);
        close_client(socket);
}
END_TEST

SUITE_WITH(begin, end, "e2e/tls", NO_FORK, T(what_is_served_is_served_encrypted_and_says_to_stay_so),
        T(versions_before_1_2_are_refused), T(a_new_certificate_is_shown_after_sighup_and_nobody_is_dropped),
        T(a_certificate_that_is_none_is_not_used_and_the_old_one_stays), T(a_websocket_is_spoken_over_tls),
        T(who_listens_is_told_when_the_gateway_stops))
