/* SPDX-License-Identifier: Apache-2.0 */
/* Echo over the mesh against echo over bare NNG, one side in each process:
 *   mesh_bench serve-mesh URL          our server: header, deadline, queue, workers, dispatch
 *   mesh_bench serve-raw URL           bare NNG: contexts, a queue with one signal a request, as many workers
 *   mesh_bench load mesh|raw URL CALLERS SECONDS [CONNECTIONS]
 * With CONNECTIONS the mesh's requests leave by so many sockets in turn instead of by one client.
 * load prints "calls/s p50-us p99-us client-cpu-us"; serve-* run until SIGTERM. */
#include "common/client.h"
#include "common/clock.h"
#include "common/frame.h"
#include "common/server.h"
#include "common/transport.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/keys.h"
#include "tests/common/unserved.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
        CONTEXTS = 256,
        WORKERS = 16,
        SAMPLES_MAX = 1 << 21,
        CONNECTIONS_MAX = 1000,
        DEADLINE_US = 5000000,
        PAYLOAD = 160, /* 200 bytes with the header */
};

#define ECHO_RPCS(RPC)                                                                                                 \
        RPC(Check, echo, Moderation__CheckRequest, Moderation__CheckReply)                                             \
        RPC(CheckContent, echo_content, Moderation__CheckContentRequest, Moderation__CheckReply)
RPC_DECLARE(ECHO_RPCS)

static status echo(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        (void)call;
        out->rule_version = in->texts[0];
        return STATUS_OK;
}

static status echo_content(struct call *call, const Moderation__CheckContentRequest *in, Moderation__CheckReply *out)
{
        (void)call;
        out->rule_version = in->content;
        return STATUS_OK;
}

RPC_TABLE(echo_rpcs, ECHO_RPCS);

static void wait_for_end(void)
{
        sigset_t signals;
        int got;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigwait(&signals, &got);
}

static int serve_mesh(const char *url)
{
        static const struct rpc *const served[] = {echo_rpcs, NULL};
        static const struct rpc *tables[] = {echo_rpcs, NULL, NULL};
        static const struct service_definition definition = {
                .name = "moderation", .descriptor = &moderation__moderation__descriptor, .tables = tables};
        struct metrics *metrics = metrics_new();
        struct service service = {.definition = &definition,
                .schema = schema_new(),
                .identity = keys_identity("moderation"),
                .metrics = metrics};
        const struct server_settings settings = {.url = url, .contexts = CONTEXTS, .queue = 512, .workers = WORKERS};
        struct server *server;
        tables[1] = unserved_rpcs(arena_new(0), service.schema, "moderation", served);
        if (server_start(&service, &settings, &server) != STATUS_OK)
                return 1;
        wait_for_end();
        return 0;
}

/* The bare peer: one list under one mutex, one signal for each request. */
struct raw_job {
        nng_ctx context;
        nng_aio *receive;
        nng_aio *send;
        struct raw_job *next;
};

static struct {
        pthread_mutex_t mutex;
        pthread_cond_t filled;
        struct raw_job *first;
        struct raw_job **end;
} raw_line = {.mutex = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER, .end = &raw_line.first};

static void raw_received(void *arg)
{
        struct raw_job *job = arg;
        if (nng_aio_result(job->receive) != 0)
                return;
        pthread_mutex_lock(&raw_line.mutex);
        job->next = NULL;
        *raw_line.end = job;
        raw_line.end = &job->next;
        pthread_mutex_unlock(&raw_line.mutex);
        pthread_cond_signal(&raw_line.filled);
}

static void raw_sent(void *arg)
{
        struct raw_job *job = arg;
        nng_ctx_recv(job->context, job->receive);
}

static void *raw_work(void *arg)
{
        for (;;) {
                pthread_mutex_lock(&raw_line.mutex);
                while (raw_line.first == NULL)
                        pthread_cond_wait(&raw_line.filled, &raw_line.mutex);
                struct raw_job *job = raw_line.first;
                raw_line.first = job->next;
                if (raw_line.first == NULL)
                        raw_line.end = &raw_line.first;
                pthread_mutex_unlock(&raw_line.mutex);
                nng_aio_set_msg(job->send, nng_aio_get_msg(job->receive));
                nng_ctx_send(job->context, job->send);
        }
        return arg;
}

static int serve_raw(const char *url)
{
        static struct raw_job jobs[CONTEXTS];
        nng_socket socket;
        nng_rep0_open(&socket);
        for (int i = 0; i < CONTEXTS; i++) {
                nng_ctx_open(&jobs[i].context, socket);
                nng_aio_alloc(&jobs[i].receive, raw_received, &jobs[i]);
                nng_aio_alloc(&jobs[i].send, raw_sent, &jobs[i]);
        }
        if (nng_listen(socket, url, NULL, 0) != 0)
                return 1;
        for (int i = 0; i < WORKERS; i++) {
                pthread_t thread;
                pthread_create(&thread, NULL, raw_work, NULL);
        }
        for (int i = 0; i < CONTEXTS; i++)
                nng_ctx_recv(jobs[i].context, jobs[i].receive);
        wait_for_end();
        return 0;
}

/* One caller: as soon as a reply is there the next request leaves, from the callback. Client code is the same for both.
 */
struct load {
        struct identity *identity;
        struct client *client;
        const struct schema_method *method;
        struct transport_dialer *dialers[CONNECTIONS_MAX]; /* raw, or many connections */
        int n_dialers;
        bool is_raw;
        const ProtobufCMessage *input;
        int64_t until_us;
        _Atomic int n_running;
        _Atomic int n_samples;
        int32_t *samples;
};

struct caller {
        struct load *load;
        int64_t sent_us;
        int turn;
};

static void done(void *arg, status code, struct message *reply);

/* A refusal would be a fast answer. */
static bool is_answer(const struct load *load, struct message *reply)
{
        return load->is_raw || message_size(reply) > PAYLOAD;
}

static void done_raw(void *arg, status code, bool was_sent, struct message *reply)
{
        (void)was_sent;
        done(arg, code, reply);
}

static Sfp__RequestHeader new_header(void)
{
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        header.has_deadline_us = 1;
        header.deadline_us = DEADLINE_US;
        return header;
}

static struct message *request_of(const struct load *load)
{
        struct message *message;
        if (load->is_raw) {
                message = message_new(PAYLOAD + 40);
                memset(message_bytes(message), 'x', PAYLOAD + 40);
                return message;
        }
        Sfp__RequestHeader header = new_header();
        header.method = (char *)(size_t)load->method->name;
        return identity_pack(load->identity, "moderation", &header, load->input, &message) == STATUS_OK ? message
                                                                                                        : NULL;
}

static void send_next(struct caller *caller)
{
        struct load *load = caller->load;
        caller->sent_us = clock_now_us();
        if (load->n_dialers > 0) {
                caller->turn = (caller->turn + 1) % load->n_dialers;
                transport_send(load->dialers[caller->turn], request_of(load), DEADLINE_US, done_raw, caller);
                return;
        }
        Sfp__RequestHeader header = new_header();
        client_start(load->client, NULL, load->method, &header, load->input, done, caller);
}

static void done(void *arg, status code, struct message *reply)
{
        struct caller *caller = arg;
        struct load *load = caller->load;
        int64_t now = clock_now_us();
        if (code != STATUS_OK || reply == NULL || !is_answer(load, reply))
                abort();
        message_free(reply);
        int n = atomic_fetch_add(&load->n_samples, 1);
        if (n < SAMPLES_MAX)
                load->samples[n] = (int32_t)(now - caller->sent_us);
        if (now < load->until_us)
                send_next(caller);
        else
                atomic_fetch_sub(&load->n_running, 1);
}

static int by_value(const void *left, const void *right)
{
        return *(const int32_t *)left - *(const int32_t *)right;
}

static double cpu_us(void)
{
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Connections to be load on, each made before the clock starts. */
static bool dial_all(struct load *load, const char *url, int count)
{
        struct endpoint to = {.server_name = ""};
        snprintf(to.url, sizeof to.url, "%s", url);
        struct rlimit files = {0};
        getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
        for (; load->n_dialers < count; load->n_dialers++)
                if (transport_dial(&to, &load->dialers[load->n_dialers]) != STATUS_OK)
                        return false;
        usleep(200000 + 1000 * (useconds_t)count);
        return true;
}

static void run_callers(struct load *load, int callers, int seconds)
{
        static struct caller all[1024];
        load->until_us = clock_now_us() + (int64_t)seconds * 1000000;
        atomic_store(&load->n_running, callers);
        for (int i = 0; i < callers; i++) {
                all[i] = (struct caller){.load = load, .turn = load->n_dialers * i / callers};
                send_next(&all[i]);
        }
        while (atomic_load(&load->n_running) > 0)
                usleep(1000);
}

static int load_server(const char *kind, const char *url, int callers, int seconds, int connections)
{
        static struct load load;
        char text[PAYLOAD + 1] = {0};
        char *texts[] = {memset(text, 'x', PAYLOAD)};
        Moderation__CheckRequest request = MODERATION__CHECK_REQUEST__INIT;
        const struct client_settings settings = {url, keys_identity("goals"), 1024};
        request.n_texts = 1;
        request.texts = texts;
        load.identity = settings.identity;
        load.is_raw = strcmp(kind, "raw") == 0;
        load.input = &request.base;
        load.samples = calloc(SAMPLES_MAX, sizeof(int32_t));
        load.client = client_new(&settings, metrics_new());
        load.method = schema_method_find(schema_new(), "sfp.moderation.Moderation.Check");
        if (!dial_all(&load, url, connections > 0 ? connections : load.is_raw))
                return 1;
        double cpu = cpu_us();
        int64_t started = clock_now_us();
        run_callers(&load, callers, seconds);
        double took = (double)(clock_now_us() - started) / 1e6;
        int n = load.n_samples < SAMPLES_MAX ? load.n_samples : SAMPLES_MAX;
        cpu = (cpu_us() - cpu) / n;
        qsort(load.samples, (size_t)n, sizeof *load.samples, by_value);
        printf("%.0f %d %d %.1f\n", n / took, load.samples[n / 2], load.samples[n - 1 - n / 100], cpu);
        return 0;
}

static int number(const char *text)
{
        return (int)strtol(text, NULL, 10);
}

int main(int argc, char **argv)
{
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals, NULL);
        if (argc == 3 && strcmp(argv[1], "serve-mesh") == 0)
                return serve_mesh(argv[2]);
        if (argc == 3 && strcmp(argv[1], "serve-raw") == 0)
                return serve_raw(argv[2]);
        if ((argc == 6 || argc == 7) && strcmp(argv[1], "load") == 0)
                return load_server(argv[2], argv[3], number(argv[4]), number(argv[5]), argc == 7 ? number(argv[6]) : 0);
        fprintf(stderr,
                "usage: mesh_bench serve-mesh|serve-raw URL | load mesh|raw URL CALLERS SECONDS [CONNECTIONS]\n");
        return 2;
}
