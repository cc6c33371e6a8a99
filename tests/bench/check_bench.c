/* SPDX-License-Identifier: Apache-2.0 */
/* What Check costs as an rpc, rules and classifier together, of texts of 100 characters; the service in one process,
 * the asker in another:
 *   check_bench serve URL IDLE-URL     serves Check, and at IDLE-URL a Check that does nothing, until SIGTERM
 *   check_bench load URL SECONDS       prints the calls a second that are answered while WINDOW are under way
 *   check_bench load URL SECONDS RATE  prints "p50-us p99-us p99-us" of calls at even distances, RATE a second, counted
 *                                      from when each should have been asked: the first two are medians of those of
 *                                      every quarter of a second, which a machine that stands still now and then
 *                                      leaves alone; the last is of all calls */
#include "common/client.h"
#include "common/clock.h"
#include "common/process.h"
#include "common/server.h"
#include "sfp/moderation.pb-c.h"
#include "svc-moderation/checks.h"
#include "svc-moderation/rulebook.h"
#include "tests/common/kit.h"

#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

enum { WINDOW = 16, WORKERS = 2, QUEUE = 256, DEADLINE_US = 5000000, SAMPLES_MAX = 1 << 20, SLICES_MAX = 1000 };

extern const struct rpc check_rpcs[];

static const double WARMING_S = 0.3, SLICE_S = 0.25;

static const char *const texts[] = {
        "I moved my emergency fund into a savings account at 4.1% and finally sleep well, thanks for the advice",
        "Guaranteed 20% returns a week, zero risk, message me on Telegram now and double your money before Friday",
        "Does anybody here know whether the employer match vests at once or over three years? Mine says nothing",
        "you are all such pathetic losers, nobody wants to read what you write about your stupid little budgets",
};

struct load;

struct sample {
        struct load *load;
        int64_t due_us, took_us;
};

struct load {
        struct client *client;
        const struct schema_method *method;
        sem_t window; /* calls that may yet be started */
        size_t count;
        struct sample *samples; /* of SAMPLES_MAX */
};

static void take(void *argument, status code, struct message *reply)
{
        struct sample *sample = argument;
        if (code != STATUS_OK)
                abort();
        message_free(reply);
        sample->took_us = clock_now_us() - sample->due_us;
        sem_post(&sample->load->window);
}

static void start(struct load *load, int64_t due_us)
{
        char *text = (char *)(size_t)texts[load->count % (sizeof texts / sizeof *texts)];
        Moderation__CheckRequest request = MODERATION__CHECK_REQUEST__INIT;
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        struct sample *sample = &load->samples[load->count++];
        *sample = (struct sample){.load = load, .due_us = due_us};
        request.n_texts = 1;
        request.texts = &text;
        header.has_deadline_us = 1;
        header.deadline_us = DEADLINE_US;
        sem_wait(&load->window);
        client_start(load->client, NULL, load->method, &header, &request.base, take, sample);
}

static void sleep_until(int64_t at_us)
{
        int64_t left = at_us - clock_now_us();
        if (left > 0)
                nanosleep(&(struct timespec){left / 1000000, left % 1000000 * 1000}, NULL);
}

/* Calls for so long, `distance_us` apart or as soon as the window lets them; says how many there were in a second. */
static double run(struct load *load, double seconds, double distance_us)
{
        int64_t begun = clock_now_us(), end = begun + (int64_t)(seconds * 1e6);
        load->count = 0;
        while (clock_now_us() < end && load->count < SAMPLES_MAX) {
                int64_t due = distance_us > 0 ? begun + (int64_t)((double)load->count * distance_us) : clock_now_us();
                sleep_until(due);
                start(load, due);
        }
        for (int i = 0; i < WINDOW; i++) /* the last ones */
                sem_wait(&load->window);
        for (int i = 0; i < WINDOW; i++)
                sem_post(&load->window);
        return (double)load->count * 1e6 / (double)(clock_now_us() - begun);
}

static int by_time(const void *a, const void *b)
{
        int64_t x = ((const struct sample *)a)->took_us, y = ((const struct sample *)b)->took_us;
        return (x > y) - (x < y);
}

/* Of samples in order of time. */
static int64_t percentile(const struct sample *samples, size_t count, size_t percent)
{
        return samples[count * percent / 100].took_us;
}

static int by_number(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
        return (x > y) - (x < y);
}

static int64_t median(int64_t *numbers, size_t count)
{
        qsort(numbers, count, sizeof *numbers, by_number);
        return numbers[count / 2];
}

/* Leaves the samples in order of time. */
static void print_times(struct load *load, double rate)
{
        int64_t p50[SLICES_MAX], p99[SLICES_MAX];
        size_t size = (size_t)(rate * SLICE_S) + 1, count = 0;
        for (size_t at = 0; at + size <= load->count && count < SLICES_MAX; at += size, count++) {
                qsort(load->samples + at, size, sizeof *load->samples, by_time);
                p50[count] = percentile(load->samples + at, size, 50);
                p99[count] = percentile(load->samples + at, size, 99);
        }
        if (count == 0)
                return;
        qsort(load->samples, load->count, sizeof *load->samples, by_time);
        printf("%lld %lld %lld\n", (long long)median(p50, count), (long long)median(p99, count),
                (long long)percentile(load->samples, load->count, 99));
}

static int ask(const char *url, double seconds, double rate)
{
        struct load load = {.samples = calloc(SAMPLES_MAX, sizeof *load.samples)}; /* allow(calloc): beyond an arena */
        struct kit kit;
        kit_open(&kit, "goals", NULL);
        load.client = kit_client(&kit, url, "goals");
        load.method = schema_method_find(kit.service.schema, "sfp.moderation.Moderation.Check");
        sem_init(&load.window, 0, WINDOW);
        prctl(PR_SET_TIMERSLACK, 1UL); /* asked when it is due, and not 50 us later */
        double distance_us = rate > 0 ? 1e6 / rate : 0;
        run(&load, WARMING_S, distance_us);
        double answered = run(&load, seconds, distance_us);
        if (rate > 0)
                print_times(&load, rate);
        else
                printf("%.0f\n", answered);
        client_free(load.client);
        kit_close(&kit);
        free(load.samples); /* allow(free): see above */
        return EXIT_SUCCESS;
}

static status do_nothing(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        (void)call;
        out->verdict = in->texts[0];
        return STATUS_OK;
}

#define IDLE_RPCS(RPC) RPC(Check, do_nothing, Moderation__CheckRequest, Moderation__CheckReply)
RPC_DECLARE(IDLE_RPCS)
RPC_TABLE(idle_rpcs, IDLE_RPCS);

static bool is_always(const struct service *service)
{
        (void)service;
        return true;
}

static struct server *start_server(struct kit *kit, const struct rpc *const *tables, const char *url)
{
        static const struct moderation_config config = {
                .confidence_threshold = RULES_THRESHOLD, .is_automatic = true, .queue_size = 1000, .model_path = ""};
        const struct server_settings settings = {.url = url, .queue = QUEUE, .workers = WORKERS};
        struct server *server;
        kit_open(kit, "moderation", tables);
        kit->service.config = &config;
        kit->definition.is_prompt = is_always; /* no database has newer rules */
        if (rulebooks_new("", (struct rulebooks **)&kit->service.state) != STATUS_OK ||
                server_start(&kit->service, &settings, &server) != STATUS_OK)
                abort();
        return server;
}

static void stop_server(struct kit *kit, struct server *server)
{
        server_stop(server, 1000);
        rulebooks_free(kit->service.state);
        kit_close(kit);
}

static int serve(const char *url, const char *idle_url)
{
        static const struct rpc *const checks[] = {check_rpcs, NULL};
        static const struct rpc *const idle[] = {idle_rpcs, NULL};
        struct kit kits[2];
        sigset_t signals;
        int signal;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigprocmask(SIG_BLOCK, &signals, NULL);
        struct server *check_server = start_server(&kits[0], checks, url);
        struct server *idle_server = start_server(&kits[1], idle, idle_url);
        sigwait(&signals, &signal);
        stop_server(&kits[0], check_server);
        stop_server(&kits[1], idle_server);
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        process_be_prompt(); /* as every program of the platform does */
        if (argc == 4 && strcmp(argv[1], "serve") == 0)
                return serve(argv[2], argv[3]);
        if ((argc == 4 || argc == 5) && strcmp(argv[1], "load") == 0)
                return ask(argv[2], strtod(argv[3], NULL), argc == 5 ? strtod(argv[4], NULL) : 0);
        fputs("usage: check_bench serve URL IDLE-URL | load URL SECONDS [RATE]\n", stderr);
        return EXIT_FAILURE;
}
