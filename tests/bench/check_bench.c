/* SPDX-License-Identifier: Apache-2.0 */
/* What Check costs as an rpc, rules and classifier together, of texts of 100 characters:
 *   check_bench SECONDS    prints "calls/s p50-us p99-us": as many as are answered while WINDOW are under way, and how
 * long each takes when half as many come, at even distances, counted from when it should have been asked. */
#include "common/client.h"
#include "common/clock.h"
#include "common/process.h"
#include "common/server.h"
#include "sfp/moderation.pb-c.h"
#include "svc-moderation/checks.h"
#include "svc-moderation/rulebook.h"
#include "tests/common/kit.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WINDOW = 16, WORKERS = 2, QUEUE = 256, DEADLINE_US = 5000000, SAMPLES_MAX = 1 << 20 };

extern const struct rpc check_rpcs[];

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

static void print_times(const struct load *load, double rate)
{
        qsort(load->samples, load->count, sizeof *load->samples, by_time);
        printf("%.0f %lld %lld\n", rate, (long long)load->samples[load->count / 2].took_us,
                (long long)load->samples[load->count * 99 / 100].took_us);
}

static int measure(double seconds)
{
        static const struct rpc *const tables[] = {check_rpcs, NULL};
        static const struct moderation_config config = {
                .confidence_threshold = RULES_THRESHOLD, .is_automatic = true, .queue_size = 1000, .model_path = ""};
        struct load load = {.samples = calloc(SAMPLES_MAX, sizeof *load.samples)}; /* allow(calloc): beyond an arena */
        struct kit kit;
        struct server *server;
        kit_open(&kit, "moderation", tables);
        kit.service.config = &config;
        const struct server_settings settings = {.url = kit_ipc_url(&kit), .queue = QUEUE, .workers = WORKERS};
        if (load.samples == NULL || rulebooks_new("", (struct rulebooks **)&kit.service.state) != STATUS_OK ||
                server_start(&kit.service, &settings, &server) != STATUS_OK)
                return EXIT_FAILURE;
        load.client = kit_client(&kit, settings.url, "goals");
        load.method = schema_method_find(kit.service.schema, "sfp.moderation.Moderation.Check");
        sem_init(&load.window, 0, WINDOW);
        double rate = run(&load, seconds, 0);
        run(&load, seconds, 2e6 / rate);
        print_times(&load, rate);
        client_free(load.client);
        server_stop(server, 1000);
        rulebooks_free(kit.service.state);
        kit_close(&kit);
        free(load.samples); /* allow(free): see above */
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        process_be_prompt(); /* as every program of the platform does */
        if (argc == 2 && strtod(argv[1], NULL) > 0)
                return measure(strtod(argv[1], NULL));
        fputs("usage: check_bench SECONDS\n", stderr);
        return EXIT_FAILURE;
}
