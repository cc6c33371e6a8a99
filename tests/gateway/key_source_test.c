/* SPDX-License-Identifier: Apache-2.0 */
/* Keys from a file and from an address that come late, change, break and vanish. */
#include "gateway/key_fetch.h"
#include "gateway/key_set.h"
#include "gateway/key_source.h"
#include "tests/gateway/issuer.h"
#include "tests/suite.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* An issuer's web server. */
struct site {
        struct MHD_Daemon *daemon;
        pthread_mutex_t mutex;
        const char *body;
        unsigned code;
        const char *location; /* of a redirect */
        atomic_int asked;
};

static struct arena *arena;
static struct schema *schema;
static struct metrics *metrics;
static struct key_source *source;
static struct site site = {.mutex = PTHREAD_MUTEX_INITIALIZER};
static char path[64], url[128];

static enum MHD_Result serve(void *cls, struct MHD_Connection *connection, const char *address, const char *verb,
        const char *version, const char *upload, size_t *upload_size, void **state)
{
        (void)cls;
        (void)address;
        (void)verb;
        (void)version;
        (void)upload;
        (void)upload_size;
        (void)state;
        atomic_fetch_add(&site.asked, 1);
        pthread_mutex_lock(&site.mutex);
        struct MHD_Response *response =
                MHD_create_response_from_buffer(strlen(site.body), (void *)(size_t)site.body, MHD_RESPMEM_MUST_COPY);
        if (site.location != NULL)
                MHD_add_response_header(response, "Location", site.location);
        enum MHD_Result result = MHD_queue_response(connection, site.code, response);
        pthread_mutex_unlock(&site.mutex);
        MHD_destroy_response(response);
        return result;
}

static void open_site(uint16_t port)
{
        struct sockaddr_in address = {
                .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        site.daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, serve, NULL,
                MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
        ck_assert_ptr_nonnull(site.daemon);
        snprintf(url, sizeof url, "http://127.0.0.1:%u/keys",
                MHD_get_daemon_info(site.daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
}

static void close_site(void)
{
        if (site.daemon != NULL)
                MHD_stop_daemon(site.daemon);
        site.daemon = NULL;
}

static void show(unsigned code, const char *body)
{
        pthread_mutex_lock(&site.mutex);
        site.code = code;
        site.body = body;
        pthread_mutex_unlock(&site.mutex);
}

static void set_up(void)
{
        arena = arena_new(0);
        schema = schema_new();
        metrics = metrics_new();
        snprintf(path, sizeof path, "/tmp/sfp-keys-%d.json", (int)getpid());
        show(200, "");
}

static void tear_down(void)
{
        key_source_stop(source);
        close_site();
        unlink(path);
        metrics_free(metrics);
        schema_free(schema);
        arena_free(arena);
}

static const char *set_with(const char *id)
{
        const char *const jwks[] = {issuer_jwk(arena, issuer_key(arena, "EdDSA", id), ""), NULL};
        return issuer_set(arena, jwks);
}

static void start(const char *from, int64_t refresh_ms, int64_t pause_ms)
{
        const struct key_source_settings settings = {.file = strstr(from, "://") == NULL ? from : NULL,
                .url = strstr(from, "://") == NULL ? NULL : from,
                .refresh_ms = refresh_ms,
                .pause_ms = pause_ms};
        ck_assert_int_eq(key_source_start(schema, &settings, metrics, &source), STATUS_OK);
}

static status find(const char *id)
{
        struct key *key;
        status result = key_source_find(source, id, "EdDSA", &key);
        if (result == STATUS_OK)
                key_release(key);
        return result;
}

static bool becomes(const char *id, status expected)
{
        for (int i = 0; i < 500 && find(id) != expected; i++)
                usleep(20000);
        return find(id) == expected;
}

static int failures(void)
{
        static const char name[] = "sfp_token_key_fetches_total{outcome=\"failed\"} ";
        struct buffer text = buffer_in(arena);
        metrics_print(metrics, METRICS_TEXT, &text);
        const char *line = strstr(buffer_text(&text), name);
        return line == NULL ? 0 : (int)strtol(line + sizeof name - 1, NULL, 10);
}

/* Two looks from now, of which the second has begun after now, have failed. */
static bool fails(void)
{
        int before = failures();
        for (int i = 0; i < 500 && failures() < before + 2; i++)
                usleep(20000);
        return failures() >= before + 2;
}

TEST(keys_are_there_when_a_file_is)
{
        issuer_publish(path, set_with("a"));
        start(path, 20, 20);
        ck_assert_int_eq(find("a"), STATUS_OK);
        ck_assert_int_eq(find("b"), STATUS_NOT_FOUND);
}
END_TEST

TEST(a_file_may_come_later)
{
        start(path, 20, 20);
        ck_assert_int_eq(find("a"), STATUS_UNAVAILABLE);
        issuer_publish(path, set_with("a"));
        ck_assert(becomes("a", STATUS_OK));
}
END_TEST

TEST(a_replaced_file_is_read)
{
        issuer_publish(path, set_with("a"));
        start(path, 20, 20);
        issuer_publish(path, set_with("b"));
        ck_assert(becomes("b", STATUS_OK));
        ck_assert_int_eq(find("a"), STATUS_NOT_FOUND);
}
END_TEST

TEST(the_last_good_set_outlives_its_file)
{
        static const char *const broken[] = {"", "{\"keys\":[{", "<html>", "{\"keys\":5}"};
        issuer_publish(path, set_with("a"));
        start(path, 20, 20);
        for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
                issuer_publish(path, broken[i]);
                ck_assert(fails());
                ck_assert_int_eq(find("a"), STATUS_OK);
        }
        unlink(path);
        ck_assert(fails());
        ck_assert_int_eq(find("a"), STATUS_OK);
        issuer_publish(path, set_with("b"));
        ck_assert(becomes("b", STATUS_OK));
}
END_TEST

TEST(an_emptied_set_withdraws_all_keys)
{
        issuer_publish(path, set_with("a"));
        start(path, 20, 20);
        issuer_publish(path, "{\"keys\":[]}");
        ck_assert(becomes("a", STATUS_NOT_FOUND));
}
END_TEST

TEST(a_file_without_end_is_not_read_to_its_end)
{
        start("/dev/zero", 20, 20);
        ck_assert_int_eq(find("a"), STATUS_UNAVAILABLE);
}
END_TEST

TEST(keys_come_from_an_address)
{
        show(200, set_with("a"));
        open_site(0);
        start(url, 20, 20);
        ck_assert_int_eq(find("a"), STATUS_OK);
        show(200, set_with("b"));
        ck_assert(becomes("b", STATUS_OK));
        ck_assert_int_eq(find("a"), STATUS_NOT_FOUND);
}
END_TEST

TEST(the_last_good_set_outlives_its_address)
{
        show(200, set_with("a"));
        open_site(0);
        start(url, 20, 20);
        show(500, set_with("b"));
        ck_assert(fails());
        ck_assert_int_eq(find("a"), STATUS_OK);
        ck_assert_int_eq(find("b"), STATUS_NOT_FOUND);
        close_site();
        ck_assert(fails());
        ck_assert_int_eq(find("a"), STATUS_OK);
}
END_TEST

TEST(an_address_may_answer_later)
{
        open_site(0);
        show(503, "");
        start(url, 60000, 20);
        ck_assert_int_eq(find("a"), STATUS_UNAVAILABLE);
        show(200, set_with("a"));
        ck_assert(becomes("a", STATUS_OK));
}
END_TEST

/* Whoever makes up key ids must not make us ask an issuer again and again. */
TEST(unknown_keys_bring_one_look_forward_and_no_more)
{
        show(200, set_with("a"));
        open_site(0);
        start(url, 3600000, 3600000);
        for (int i = 0; i < 1000; i++)
                ck_assert_int_eq(find("b"), STATUS_NOT_FOUND);
        usleep(100000);
        ck_assert_int_eq(atomic_load(&site.asked), 1);
}
END_TEST

TEST(an_unknown_key_brings_the_next_look_forward)
{
        show(200, set_with("a"));
        open_site(0);
        start(url, 3600000, 20);
        show(200, set_with("b"));
        usleep(100000);
        ck_assert_int_eq(atomic_load(&site.asked), 1);
        ck_assert(becomes("b", STATUS_OK));
}
END_TEST

TEST(a_redirect_is_not_followed)
{
        open_site(0);
        show(302, set_with("a"));
        site.location = "/elsewhere";
        start(url, 3600000, 3600000);
        ck_assert_int_eq(find("a"), STATUS_UNAVAILABLE);
        ck_assert_int_eq(atomic_load(&site.asked), 1);
}
END_TEST

TEST(a_large_document_is_refused)
{
        char *body = arena_zalloc(arena, KEY_SET_BYTES_MAX + 1024);
        memset(body, ' ', KEY_SET_BYTES_MAX + 1000);
        memcpy(body, "{\"keys\":[]}", 11);
        open_site(0);
        show(200, body);
        start(url, 3600000, 3600000);
        ck_assert_int_eq(find("a"), STATUS_UNAVAILABLE);
}
END_TEST

/* Somebody takes the connection and says nothing. */
TEST(a_fetch_ends_when_the_gateway_does)
{
        const char *why;
        const atomic_bool must_stop = true;
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof address;
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
        ck_assert_int_eq(listen(fd, 1), 0);
        ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
        snprintf(url, sizeof url, "http://127.0.0.1:%u/keys", ntohs(address.sin_port));
        struct buffer document = buffer_in(arena);
        const struct key_place place = {.url = url, .authority = "", .must_stop = &must_stop};
        ck_assert(!key_fetch(&place, &document, &why));
        ck_assert_str_eq(why, "unreachable");
        close(fd);
}
END_TEST

TEST(keys_are_not_taken_in_the_clear_from_elsewhere)
{
        static const char *const good[] = {"https://id.example/keys", "HTTPS://id.example", "http://127.0.0.1:80/keys",
                "http://localhost/keys", "http://[::1]:8080/keys"};
        static const char *const bad[] = {"", "http://id.example/keys", "file:///etc/passwd", "ftp://id.example/keys",
                "gopher://127.0.0.1/", "http://localhost.example/keys", "http://127.0.0.1.example/", "id.example/keys",
                "http://127.0.0.1:80@id.example/", "http://127.0.0.1:@id.example/", "//id.example/keys"};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
                ck_assert_msg(key_fetch_is_url(good[i]), "%s", good[i]);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(!key_fetch_is_url(bad[i]), "%s", bad[i]);
        const struct key_source_settings settings = {.url = "http://id.example/keys"};
        ck_assert_int_eq(key_source_start(schema, &settings, metrics, &source), STATUS_INVALID_ARGUMENT);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/key_source", FORK, T(keys_are_there_when_a_file_is), T(a_file_may_come_later),
        T(a_replaced_file_is_read), T(the_last_good_set_outlives_its_file), T(an_emptied_set_withdraws_all_keys),
        T(a_file_without_end_is_not_read_to_its_end), T(keys_come_from_an_address),
        T(the_last_good_set_outlives_its_address), T(an_address_may_answer_later),
        T(unknown_keys_bring_one_look_forward_and_no_more), T(an_unknown_key_brings_the_next_look_forward),
        T(a_redirect_is_not_followed), T(a_large_document_is_refused), T(a_fetch_ends_when_the_gateway_does),
        T(keys_are_not_taken_in_the_clear_from_elsewhere))
