/* SPDX-License-Identifier: Apache-2.0 */
/* Many WebSockets from one process. Usage: sockets_bench HOST:PORT PID SECRET COUNT
 * Opens COUNT sockets, eight to a user, at the gateway whose process is PID and whose bearer tokens are signed with
 * SECRET; then has all of them hear everything that is kept for them; then opens as many connections that say half a
 * request and no more. Prints lines of "what value". Users are 00000000-0000-4000-8000-<number>; fewer descriptors than
 * it needs make it take fewer sockets, and it says so. */
#include "common/address.h"
#include "common/base64.h"
#include "common/buffer.h"
#include "common/clock.h"
#include "common/hmac.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PER_USER = 8, BATCH = 64, PROBES = 200, SPARE = 64, WAIT_MS = 30000, SILENCE_MS = 5000, HEAD_SIZE = 2048 };

static const char api[] = "/api/v1/social";

struct bench {
        union address address;
        const char *pid;
        struct hmac *hmac;
        struct arena *arena;
        int count;
        int *fds;
};

/* A socket's reading, frame by frame: a server's frames have no mask. */
struct reading {
        uint8_t head[4];
        int n_head;
        size_t left; /* of the frame's content */
};

static void die(const char *why)
{
        perror(why);
        exit(1);
}

static int dial(const struct bench *bench)
{
        int fd = socket(bench->address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, &bench->address.any, sizeof bench->address.v4) != 0)
                die("connect");
        return fd;
}

static void send_text(int fd, const char *text, size_t size)
{
        if (send(fd, text, size, MSG_NOSIGNAL) != (ssize_t)size)
                die("send");
}

static long resident_kib(const char *pid)
{
        char path[64], line[256];
        long kib = 0;
        snprintf(path, sizeof path, "/proc/%s/status", pid);
        FILE *file = fopen(path, "re");
        while (file != NULL && fgets(line, sizeof line, file) != NULL)
                if (strncmp(line, "VmRSS:", 6) == 0)
                        kib = strtol(line + 6, NULL, 10);
        if (file != NULL)
                fclose(file);
        return kib;
}

static const char *user_of(const struct bench *bench, int number)
{
        return arena_printf(bench->arena, "00000000-0000-4000-8000-%012x", number / PER_USER);
}

/* HS256 by hand: the gateway's own reader is what is measured. */
static const char *token_of(const struct bench *bench, const char *user)
{
        static const char header[] = "{\"alg\":\"HS256\"}";
        uint8_t signature[HMAC_SIZE];
        const char *claims = arena_printf(
                bench->arena, "{\"sub\":\"%s\",\"exp\":%lld}", user, (long long)(clock_unix_us() / 1000000 + 3600));
        const char *content =
                arena_printf(bench->arena, "%s.%s", base64url_encode(bench->arena, header, sizeof header - 1),
                        base64url_encode(bench->arena, claims, strlen(claims)));
        hmac_sign(bench->hmac, content, strlen(content), signature);
        return arena_printf(
                bench->arena, "%s.%s", content, base64url_encode(bench->arena, signature, sizeof signature));
}

static void ask_for_socket(const struct bench *bench, int number)
{
        const char *user = user_of(bench, number);
        const char *request = arena_printf(bench->arena,
                "GET %s/ws/%s HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Authorization: Bearer %s\r\n\r\n",
                api, user, token_of(bench, user));
        send_text(bench->fds[number], request, strlen(request));
}

/* The head of the answer and the hello, which is the first frame. */
static void hear_hello(int fd)
{
        char bytes[HEAD_SIZE];
        size_t length = 0;
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        while (memmem(bytes, length, "\"hello\"", 7) == NULL || bytes[length - 1] != '}') {
                if (length == sizeof bytes || poll(&poll_fd, 1, WAIT_MS) <= 0)
                        die("no hello");
                ssize_t got = recv(fd, bytes + length, sizeof bytes - length, 0);
                if (got <= 0 || strncmp(bytes, "HTTP/1.1 101", got + length < 12 ? got + length : 12) != 0) {
                        fprintf(stderr, "refused: %.*s\n", (int)(got > 0 ? got : 0), bytes);
                        exit(1);
                }
                length += (size_t)got;
        }
}

static void open_sockets(struct bench *bench)
{
        for (int first = 0; first < bench->count; first += BATCH) {
                int end = first + BATCH < bench->count ? first + BATCH : bench->count;
                for (int i = first; i < end; i++) {
                        bench->fds[i] = dial(bench);
                        ask_for_socket(bench, i);
                }
                for (int i = first; i < end; i++)
                        hear_hello(bench->fds[i]);
                arena_reset(bench->arena);
        }
}

/* Counts the frames that end in these bytes. */
static long count_frames(struct reading *reading, const uint8_t *bytes, size_t size)
{
        long count = 0;
        for (size_t at = 0; at < size;) {
                size_t step = size - at < reading->left ? size - at : reading->left;
                at += step;
                reading->left -= step;
                if (step > 0 || at == size) {
                        count += step > 0 && reading->left == 0;
                        continue;
                }
                reading->head[reading->n_head++] = bytes[at++];
                bool is_long = reading->n_head >= 2 && (reading->head[1] & 0x7f) == 126;
                if (reading->n_head < (is_long ? 4 : 2))
                        continue;
                reading->left = is_long ? (size_t)(reading->head[2] << 8 | reading->head[3]) : reading->head[1] & 0x7fu;
                reading->n_head = 0;
        }
        return count;
}

/* All hear everything that is kept for them again, until nothing comes any more. */
static void hear_all(const struct bench *bench)
{
        static const char resume[] = "\x81\x9e\0\0\0\0{\"type\":\"resume\",\"last_seq\":0}";
        static uint8_t bytes[64 << 10];
        struct reading *readings = calloc((size_t)bench->count, sizeof *readings);
        struct epoll_event events[BATCH];
        long count = 0;
        int poll = epoll_create1(EPOLL_CLOEXEC);
        int64_t begin = clock_now_us(), last = begin;
        for (int i = 0; i < bench->count; i++) {
                struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
                epoll_ctl(poll, EPOLL_CTL_ADD, bench->fds[i], &event);
                send_text(bench->fds[i], resume, sizeof resume - 1);
        }
        for (int n; (n = epoll_wait(poll, events, BATCH, SILENCE_MS)) > 0;)
                for (int i = 0; i < n; i++) {
                        uint32_t number = events[i].data.u32;
                        ssize_t got = recv(bench->fds[number], bytes, sizeof bytes, MSG_DONTWAIT);
                        long heard = got <= 0 ? 0 : count_frames(&readings[number], bytes, (size_t)got);
                        if (got == 0)
                                epoll_ctl(poll, EPOLL_CTL_DEL, bench->fds[number], NULL);
                        count += heard;
                        last = heard > 0 ? clock_now_us() : last;
                }
        printf("messages %ld\nmessages_per_s %.0f\n", count, (double)count * 1e6 / (double)(last - begin + 1));
        free(readings);
        close(poll);
}

static int compare(const void *one, const void *other)
{
        const int64_t left = *(const int64_t *)one, right = *(const int64_t *)other;
        return (left > right) - (left < right);
}

/* A good request on a connection of its own, again and again. */
static void probe(const struct bench *bench, const char *when)
{
        int64_t times[PROBES];
        char bytes[HEAD_SIZE], request[256];
        int size = snprintf(request, sizeof request,
                "GET %s/status/live HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n", api);
        for (int i = 0; i < PROBES; i++) {
                int64_t begin = clock_now_us();
                int fd = dial(bench);
                send_text(fd, request, (size_t)size);
                struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
                if (poll(&poll_fd, 1, WAIT_MS) <= 0 || recv(fd, bytes, sizeof bytes, 0) < 15 ||
                        strncmp(bytes, "HTTP/1.1 200", 12) != 0)
                        die("a good request is not answered");
                times[i] = clock_now_us() - begin;
                close(fd);
        }
        qsort(times, PROBES, sizeof *times, compare);
        printf("%s_p50_us %lld\n%s_p99_us %lld\n", when, (long long)times[PROBES / 2], when,
                (long long)times[PROBES * 99 / 100]);
}

/* Connections that begin a request and never end it. */
static void be_slow(const struct bench *bench, int count)
{
        static const char half[] = "GET /api/v1/social/status/live HTTP/1.1\r\nHost: be";
        int *fds = calloc((size_t)count + 1, sizeof *fds);
        for (int i = 0; i < count; i++) {
                fds[i] = dial(bench);
                send_text(fds[i], half, sizeof half - 1);
        }
        printf("slow %d\n", count);
        probe(bench, "slow");
        for (int i = 0; i < count; i++)
                close(fds[i]);
        free(fds);
}

/* How many descriptors there are, once we have asked for as many as we may. */
static int descriptors(void)
{
        struct rlimit limit;
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        return limit.rlim_max > 1000000 ? 1000000 : (int)limit.rlim_max;
}

int main(int argc, char **argv)
{
        struct bench bench = {.arena = arena_new(0)};
        size_t size;
        if (argc != 5 || address_parse(argv[1], &bench.address) != STATUS_OK)
                return 2;
        uint8_t *secret = base64_decode(bench.arena, argv[3], strlen(argv[3]), &size);
        if (secret == NULL)
                return 2;
        bench.pid = argv[2];
        bench.hmac = hmac_new(secret, size);
        int wanted = (int)strtol(argv[4], NULL, 10), room = descriptors() - SPARE;
        bench.count = wanted < room ? wanted : room;
        if (bench.count < wanted)
                printf("lowered %d\n", wanted);
        bench.fds = calloc((size_t)bench.count + 1, sizeof *bench.fds);
        long before = resident_kib(bench.pid);
        probe(&bench, "alone");
        open_sockets(&bench);
        long after = resident_kib(bench.pid);
        printf("sockets %d\nresident_kib %ld\nbytes_per_socket %ld\n", bench.count, after,
                (after - before) * 1024 / (bench.count > 0 ? bench.count : 1));
        probe(&bench, "idle");
        hear_all(&bench);
        printf("resident_after_kib %ld\n", resident_kib(bench.pid));
        be_slow(&bench, wanted < room - bench.count ? wanted : room - bench.count);
        for (int i = 0; i < bench.count; i++)
                close(bench.fds[i]);
        hmac_free(bench.hmac);
        arena_free(bench.arena);
        return 0;
}
