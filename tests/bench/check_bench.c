/* SPDX-License-Identifier: Apache-2.0 */
/* What Check costs as an rpc, rules and classifier together, of texts of 100 characters:
 *   check_bench SECONDS    prints "calls/s p50-us p99-us": as many as callers get through who ask one after the other,
 * and how long each waits when half as many come, at even distances, counted from when they should have been asked. */
#include "common/client.h"
#include "common/clock.h"
#include "common/server.h"
#include "sfp/moderation.pb-c.h"
#include "svc-moderation/checks.h"
#include "svc-moderation/rulebook.h"
#include "tests/common/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CALLERS = 4, WORKERS = 2, QUEUE = 256, DEADLINE_US = 5000000, SAMPLES_MAX = 1 << 20 };

extern const struct rpc check_rpcs[];

static const char *const texts[] = {
        "I moved my emergency fund into a savings account at 4.1% and finally sleep well, thanks for the advice",
        "Guaranteed 20% returns a week, zero risk, message me on Telegram now and double your money before Friday",
        "Does anybody here know whether the employer match vests at once or over three years? Mine says nothing",
        "you are all such pathetic losers, nobody wants to read what you write about your stupid little budgets",
};

struct load {
        struct client *client;
        const struct schema_method *method;
        int64_t end_us, distance_us; /* 0: the next one as soon as there is an answer */
        size_t count;
        int64_t *waits_us; /* of SAMPLES_MAX */
};

static void ask(struct load *load, size_t which)
{
        char *text = (char *)(size_t)texts[which % (sizeof texts / sizeof *texts)];
        Moderation__CheckRequest request = MODERATION__CHECK_REQUEST__INIT;
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        struct answer answer = ANSWER_INIT;
        struct message *reply;
        request.n_texts = 1;
        request.texts = &text;
        header.has_deadline_us = 1;
        header.deadline_us = DEADLINE_US;
        client_start(load->client, NULL, load->method, &header, &request.base, answer_take, &answer);
        if (answer_wait(&answer, &reply) != STATUS_OK)
                abort();
        message_free(reply);
}

static void sleep_until(int64_t at_us)
{
        int64_t left = at_us - clock_now_us();
        if (left > 0)
                nanosleep(&(struct timespec){left / 1000000, left % 1000000 * 1000}, NULL);
}

static void *call_on(void *argument)
{
        struct load *load = argument;
        for (int64_t due = clock_now_us(); due < load->end_us && load->count < SAMPLES_MAX;) {
                sleep_until(due);
                ask(load, load->count);
                load->waits_us[load->count++] = clock_now_us() - due;
                due = load->distance_us > 0 ? due + load->distance_us : clock_now_us();
        }
        return NULL;
}

/* All callers together; says how many calls there were in a second. */
static double run(struct load loads[CALLERS], struct client *client, const struct schema_method *method, double seconds,
        double calls_a_second)
{
        pthread_t threads[CALLERS];
        size_t count = 0;
        int64_t begun = clock_now_us(), distance = calls_a_second > 0 ? (int64_t)(CALLERS * 1e6 / calls_a_second) : 0;
        for (int i = 0; i < CALLERS; i++) {
                loads[i].client = client;
                loads[i].method = method;
                loads[i].count = 0;
                loads[i].end_us = begun + (int64_t)(seconds * 1e6);
                loads[i].distance_us = distance;
                pthread_create(&threads[i], NULL, call_on, &loads[i]);
        }
        for (int i = 0; i < CALLERS; i++) {
                pthread_join(threads[i], NULL);
                count += loads[i].count;
        }
        return (double)count * 1e6 / (double)(clock_now_us() - begun);
}

static int by_wait(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
        return (x > y) - (x < y);
}

static void print_waits(const struct load loads[CALLERS], double rate)
{
        size_t count = 0;
        int64_t *all = calloc((size_t)CALLERS * SAMPLES_MAX, sizeof *all); /* allow(calloc): beyond an arena */
        for (int i = 0; i < CALLERS && all != NULL; i++)
                for (size_t k = 0; k < loads[i].count; k++)
                        all[count++] = loads[i].waits_us[k];
        if (count > 0) {
                qsort(all, count, sizeof *all, by_wait);
                printf("%.0f %lld %lld\n", rate, (long long)all[count / 2], (long long)all[count * 99 / 100]);
        }
        free(all); /* allow(free): see above */
}

static int measure(double seconds)
{
        static const struct rpc *const tables[] = {check_rpcs, NULL};
        static const struct moderation_config config = {
                .confidence_threshold = RULES_THRESHOLD, .is_automatic = true, .queue_size = 1000, .model_path = ""};
        struct load loads[CALLERS] = {{0}};
        struct kit kit;
        struct server *server;
        kit_open(&kit, "moderation", tables);
        kit.service.config = &config;
        const struct server_settings settings = {.url = kit_ipc_url(&kit), .queue = QUEUE, .workers = WORKERS};
        if (rulebooks_new("", (struct rulebooks **)&kit.service.state) != STATUS_OK ||
                server_start(&kit.service, &settings, &server) != STATUS_OK)
                return EXIT_FAILURE;
        struct client *client = kit_client(&kit, settings.url, "goals");
        const struct schema_method *method = schema_method_find(kit.service.schema, "sfp.moderation.Moderation.Check");
        for (int i = 0; i < CALLERS; i++)
                loads[i].waits_us = calloc(SAMPLES_MAX, sizeof(int64_t)); /* allow(calloc): beyond an arena */
        double rate = run(loads, client, method, seconds, 0);
        run(loads, client, method, seconds, rate / 2);
        print_waits(loads, rate);
        for (int i = 0; i < CALLERS; i++)
                free(loads[i].waits_us); /* allow(free): see above */
        client_free(client);
        server_stop(server, 1000);
        rulebooks_free(kit.service.state);
        kit_close(&kit);
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        if (argc == 2 && strtod(argv[1], NULL) > 0)
                return measure(strtod(argv[1], NULL));
        fputs("usage: check_bench SECONDS\n", stderr);
        return EXIT_FAILURE;
}
