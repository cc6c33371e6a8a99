/* SPDX-License-Identifier: Apache-2.0 */
/* How much anybody may ask for, and how slowly. Each test has a gateway of its own, with limits that are soon reached;
 * a token comes back in ten seconds or more, so that no test depends on how quick it is. */
#include "tests/e2e/client.h"
#include "tests/e2e/second_gateway.h"
#include "tests/e2e/wire.h"

#include "common/address.h"
#include "common/buffer.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIST  "/goal-sharing/?owner=me"
#define GUIDE "/privacy-guide"
#define DRAFT JSON({"goal_category" : "home", "goal_title" : "A boat", "submit" : false})

extern char **environ;

static void end(void)
{
        second_gateway_stop_all();
        scene_end();
}

#define START(...) second_gateway_start((const char *const[]){__VA_ARGS__, NULL})

static struct answer get_with(struct user user, const char *path, const char *header)
{
        const char *headers[] = {header, NULL};
        return ask(&(struct request){.verb = "GET", .path = path, .user = user, .headers = headers});
}

static void expect_limited(struct answer answer, const char *policy)
{
        expect_problem(answer, 429, "rate_limited");
        const char *limit = header_of(answer, "RateLimit"), *wait = header_of(answer, "Retry-After");
        ck_assert_msg(limit != NULL && strstr(limit, text("\"%s\";r=0;t=", policy)) == limit, "RateLimit: %s", limit);
        ck_assert_msg(
                wait != NULL && strtol(wait, NULL, 10) >= 1 && strtol(wait, NULL, 10) <= 60, "Retry-After: %s", wait);
        ck_assert_pstr_eq(strrchr(limit, '=') + 1, wait);
}

TEST(a_user_may_ask_so_often_and_no_more)
{
        START("RATE_LIMIT_READ=2");
        struct user ann = new_user();
        struct answer first = get(ann, LIST);
        expect_status(first, 200);
        ck_assert_pstr_eq(header_of(first, "RateLimit-Policy"), "\"read\";q=2;w=60");
        ck_assert_ptr_nonnull(strstr(header_of(first, "RateLimit"), "\"read\";r=1;t="));
        expect_status(get(ann, LIST), 200);
        expect_limited(get(ann, LIST), "read");
        expect_status(get(new_user(), LIST), 200);
}
END_TEST

TEST(reading_and_writing_are_counted_apart)
{
        START("RATE_LIMIT_READ=1", "RATE_LIMIT_WRITE=2");
        struct user ann = new_user();
        expect_status(get(ann, LIST), 200);
        expect_limited(get(ann, LIST), "read");
        expect_status(post(ann, "/goal-sharing/", DRAFT), 201);
        expect_status(post(ann, "/goal-sharing/", DRAFT), 201);
        expect_limited(post(ann, "/goal-sharing/", DRAFT), "write");
}
END_TEST

TEST(an_answer_that_is_still_good_counts_too)
{
        START("RATE_LIMIT_READ=2");
        struct user ann = new_user();
        expect_status(get(ann, LIST), 200);
        struct answer again = get_with(ann, LIST, "If-None-Match: *");
        expect_status(again, 304);
        ck_assert_ptr_nonnull(strstr(header_of(again, "RateLimit"), ";r=0;"));
        expect_limited(get_with(ann, LIST, "If-None-Match: *"), "read");
}
END_TEST

TEST(strangers_share_what_their_address_may_ask)
{
        START("RATE_LIMIT_PUBLIC=2");
        const struct user forged = {NULL, "a.b.c"};
        expect_status(get(nobody, GUIDE), 200);
        expect_problem(get(forged, LIST), 401, "invalid_token");
        expect_limited(get(nobody, GUIDE), "public");
        expect_limited(get(forged, LIST), "public");
        expect_status(get(new_user(), LIST), 200);
        expect_status(get(nobody, "/status/live"), 200);
}
END_TEST

TEST(a_trusted_proxy_says_who_asks)
{
        START("RATE_LIMIT_PUBLIC=1", "TRUSTED_PROXIES=127.0.0.0/8");
        expect_status(get_with(nobody, GUIDE, "X-Forwarded-For: 203.0.113.1"), 200);
        expect_limited(get_with(nobody, GUIDE, "X-Forwarded-For: 198.51.100.7, 203.0.113.1"), "public");
        expect_status(get_with(nobody, GUIDE, "X-Forwarded-For: 203.0.113.2"), 200);
}
END_TEST

TEST(who_is_no_trusted_proxy_cannot_say_who_asks)
{
        START("RATE_LIMIT_PUBLIC=1");
        expect_status(get_with(nobody, GUIDE, "X-Forwarded-For: 203.0.113.1"), 200);
        expect_limited(get_with(nobody, GUIDE, "X-Forwarded-For: 203.0.113.2"), "public");
}
END_TEST

TEST(without_limits_nothing_is_said_of_them)
{
        START("RATE_LIMIT_READ=0");
        struct answer answer = get(new_user(), LIST);
        expect_status(answer, 200);
        ck_assert_ptr_null(header_of(answer, "RateLimit"));
        ck_assert_ptr_null(header_of(answer, "RateLimit-Policy"));
}
END_TEST

static pid_t start_redis(const char *directory)
{
        pid_t pid;
        char *const argv[] = {"redis-server", "--port", "0", "--unixsocket", text("%s/redis.sock", directory), "--dir",
                text("%s", directory), "--save", "", "--daemonize", "no", NULL};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", 1, 0);
        ck_assert_int_eq(posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ), 0);
        posix_spawn_file_actions_destroy(&actions);
        return pid;
}

static void make_forget_scripts(const char *path)
{
        redisContext *context = redisConnectUnix(path);
        ck_assert(context != NULL && context->err == 0);
        redisReply *reply = redisCommand(context, "SCRIPT FLUSH");
        ck_assert(reply != NULL && reply->type == REDIS_REPLY_STATUS);
        freeReplyObject(reply);
        redisFree(context);
}

static long left_of(struct answer answer)
{
        const char *limit = header_of(answer, "RateLimit");
        const char *left = limit == NULL ? NULL : strstr(limit, ";r=");
        ck_assert_ptr_nonnull(left);
        return strtol(left + 3, NULL, 10);
}

/* Twenty looks take twenty of two hundred: less than half is left only when the other gateway's are counted. */
static bool is_told_of_others(struct user user)
{
        for (int i = 0; i < 20; i++) {
                if (left_of(get(user, LIST)) < 100)
                        return true;
                pause_ms(200);
        }
        return false;
}

TEST(gateways_share_what_they_have_counted)
{
        int outcome;
        char directory[] = "/tmp/sfp-redis-XXXXXX";
        ck_assert_ptr_nonnull(mkdtemp(directory));
        pid_t redis = start_redis(directory);
        ck_assert(AWAIT(10, access(text("%s/redis.sock", directory), F_OK) == 0));
        const char *url = text("REDIS_URL=unix://%s/redis.sock", directory);
        int one = START("RATE_LIMIT_READ=200", url), other = START("RATE_LIMIT_READ=200", url);
        struct user ann = new_user();
        second_gateway_use(one);
        for (int i = 0; i < 150; i++)
                expect_status(get(ann, LIST), 200);
        second_gateway_use(other);
        bool is_told = is_told_of_others(ann);
        make_forget_scripts(text("%s/redis.sock", directory));
        struct user ben = new_user();
        second_gateway_use(one);
        for (int i = 0; i < 150; i++)
                expect_status(get(ben, LIST), 200);
        second_gateway_use(other);
        bool is_told_again = is_told_of_others(ben);
        kill(redis, SIGKILL);
        waitpid(redis, &outcome, 0);
        ck_assert(is_told);
        ck_assert_msg(is_told_again, "a script that Redis has forgotten is not told to it again");
        expect_status(get(new_user(), LIST), 200); /* without Redis each counts for itself */
        unlink(text("%s/redis.sock", directory));
        rmdir(directory);
}
END_TEST

/* A connection from another address of this host. */
static int connect_from(const char *source)
{
        union address to, from;
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ck_assert_int_eq(address_parse(text("%s:0", source), &from), STATUS_OK);
        ck_assert_int_eq(address_parse(getenv("SFP_URL") + strlen("http://"), &to), STATUS_OK);
        ck_assert_int_eq(bind(fd, &from.any, sizeof from.v4), 0);
        ck_assert_int_eq(connect(fd, &to.any, sizeof to.v4), 0);
        return fd;
}

static bool is_closed_within(int fd, int ms)
{
        char byte;
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        return poll(&poll_fd, 1, ms) == 1 && recv(fd, &byte, 1, 0) <= 0;
}

/* One byte after the other, never idle, never done. */
static bool trickles_to_its_end(int fd, const char *begin, const char *more)
{
        bool is_over = false;
        ck_assert_int_gt(send(fd, begin, strlen(begin), MSG_NOSIGNAL), 0);
        for (size_t i = 0; i < 200 && !is_over; i++) {
                (void)send(fd, more + i % strlen(more), 1, MSG_NOSIGNAL);
                is_over = is_closed_within(fd, 100);
        }
        return is_over;
}

TEST(a_head_has_to_be_whole_in_time)
{
        START("HTTP_TIMEOUT_S=1");
        int fd = wire_connect();
        ck_assert(trickles_to_its_end(fd, "GET / HTTP/1.1\r\nHost: x\r\n", "X-A: b\r\n"));
        close(fd);
}
END_TEST

TEST(a_body_has_to_be_whole_in_time)
{
        START("HTTP_TIMEOUT_S=1");
        int fd = wire_connect();
        ck_assert(trickles_to_its_end(
                fd, "POST /api/v1/social/goal-sharing/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", " "));
        close(fd);
}
END_TEST

TEST(one_address_cannot_take_all_connections)
{
        enum { MAX = 8 };
        int fds[MAX + 1];
        START("HTTP_CONNECTIONS_PER_ADDRESS_MAX=8", "HTTP_THREADS=1");
        for (int i = 0; i <= MAX; i++)
                fds[i] = connect_from("127.0.0.2");
        ck_assert(is_closed_within(fds[MAX], 10000));
        ck_assert(!is_closed_within(fds[0], 10));
        expect_status(get(nobody, "/status/live"), 200);
        for (int i = 0; i <= MAX; i++)
                close(fds[i]);
}
END_TEST

/* As many files as the host lets a process have, up to `wanted`. */
static int allow_files(int wanted)
{
        struct rlimit limit;
        ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
        if (limit.rlim_cur < (rlim_t)wanted) {
                limit.rlim_cur = limit.rlim_max < (rlim_t)wanted ? limit.rlim_max : (rlim_t)wanted;
                ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
        }
        return limit.rlim_cur < (rlim_t)wanted ? (int)limit.rlim_cur : wanted;
}

/* From many addresses, so that only their number counts. */
TEST(ten_thousand_slow_connections_do_not_stop_the_next_request)
{
        enum { SLOW = 10000, OTHERS = 100, PER_ADDRESS = 500 };
        static const char begin[] = "GET /api/v1/social/status/live HTTP/1.1\r\nHost: x\r\nX-A: ";
        int count = allow_files(SLOW + OTHERS) - OTHERS;
        int *fds = arena_alloc(scene_arena(), (size_t)count * sizeof *fds);
        START("HTTP_CONNECTIONS_MAX=100000");
        for (int i = 0; i < count; i++) {
                fds[i] = connect_from(text("127.0.1.%d", i / PER_ADDRESS));
                ck_assert_int_gt(send(fds[i], begin, sizeof begin - 1, MSG_NOSIGNAL), 0);
        }
        expect_status(get(nobody, "/status/live"), 200);
        expect_status(get(new_user(), LIST), 200);
        printf("limits: the next request is answered beside %d slow ones\n", count);
        for (int i = 0; i < count; i++)
                close(fds[i]);
}
END_TEST

static struct answer ask_as_page(const char *verb, const char *origin)
{
        const char *headers[] = {text("Origin: %s", origin), "Access-Control-Request-Method: GET",
                "Access-Control-Request-Headers: authorization", NULL};
        return ask(&(struct request){.verb = verb, .path = GUIDE, .user = nobody, .headers = headers});
}

TEST(pages_of_named_origins_may_ask)
{
        START("CORS_ORIGINS=https://app.example, http://localhost:3000");
        struct answer before = ask_as_page("OPTIONS", "https://app.example");
        expect_status(before, 204);
        ck_assert_pstr_eq(header_of(before, "Access-Control-Allow-Origin"), "https://app.example");
        ck_assert_pstr_eq(header_of(before, "Access-Control-Allow-Methods"), "GET, HEAD, OPTIONS");
        ck_assert_ptr_nonnull(strstr(header_of(before, "Access-Control-Allow-Headers"), "Authorization"));
        ck_assert_pstr_eq(header_of(before, "Access-Control-Max-Age"), "7200");
        struct answer then = ask_as_page("GET", "http://localhost:3000");
        expect_status(then, 200);
        ck_assert_pstr_eq(header_of(then, "Access-Control-Allow-Origin"), "http://localhost:3000");
        ck_assert_ptr_nonnull(strstr(header_of(then, "Access-Control-Expose-Headers"), "ETag"));
        ck_assert_pstr_eq(header_of(then, "Vary"), "Accept-Encoding, Origin");
        ck_assert_ptr_null(header_of(then, "Access-Control-Allow-Credentials"));
}
END_TEST

TEST(pages_of_other_origins_see_nothing)
{
        static const char *const origins[] = {"https://evil.example", "null", "https://app.example.evil.example",
                "http://app.example", "https://app.example:444"};
        START("CORS_ORIGINS=https://app.example");
        for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
                ck_assert_ptr_null(strcasestr(ask_as_page("OPTIONS", origins[i]).head, "Access-Control"));
                ck_assert_ptr_null(strcasestr(ask_as_page("GET", origins[i]).head, "Access-Control"));
        }
}
END_TEST

SUITE_WITH(scene_begin, end, "e2e/limits", NO_FORK, T(a_user_may_ask_so_often_and_no_more),
        T(reading_and_writing_are_counted_apart), T(an_answer_that_is_still_good_counts_too),
        T(strangers_share_what_their_address_may_ask), T(a_trusted_proxy_says_who_asks),
        T(who_is_no_trusted_proxy_cannot_say_who_asks), T(without_limits_nothing_is_said_of_them),
        T(gateways_share_what_they_have_counted), T(a_head_has_to_be_whole_in_time), T(a_body_has_to_be_whole_in_time),
        T(one_address_cannot_take_all_connections), T(ten_thousand_slow_connections_do_not_stop_the_next_request),
        T(pages_of_named_origins_may_ask), T(pages_of_other_origins_see_nothing))
