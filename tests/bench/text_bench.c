/* SPDX-License-Identifier: Apache-2.0 */
/* What cleaning texts costs, on one core:
 *   text_bench texts SECONDS CORPUS    prints "texts/s p50-us p99-us worst-ms resident-KiB worst-text"
 *   text_bench rpc SECONDS CORPUS      prints "bare-us rpc-us": a text of 66 characters by the function, and by
 * CleanText. Texts are of 66 characters, every second one with an identifier in it, from the labelled sentences in
 * CORPUS; p50 and p99 are of texts of 2 kB; worst is the slowest of many texts of 64 KiB that are meant to be slow. */
#include "common/buffer.h"
#include "common/client.h"
#include "common/clock.h"
#include "common/server.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/cleaner.h"
#include "tests/common/kit.h"
#include "tests/svc-anonymize/labelled.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SHORT = 66, LONG = 2048, HOSTILE = 64 << 10, SAMPLES = 2000, DEADLINE_US = 5000000, ARENA = 64 << 20 };

extern const struct rpc text_rpcs[];

static const char *const hostile[] = {
#define HOSTILE_UNIT(text) text,
#include "tests/svc-anonymize/hostile.def"
};

/* Texts of so many bytes, plain ASCII, cut from sentences in turn. */
struct texts {
        size_t count;
        char *texts[SAMPLES];
};

static double seconds_of_work(void)
{
        struct timespec time;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool is_ascii(const char *text)
{
        for (; *text != '\0'; text++)
                if ((unsigned char)*text >= 0x80)
                        return false;
        return true;
}

static const char *next_sentence(const struct labelled_texts *from, size_t *at)
{
        do
                *at = (*at + 1) % from->count;
        while (!is_ascii(from->texts[*at].text));
        return from->texts[*at].text;
}

/* Sentences with and without identifiers in turn, the first of either kind. */
static void cut_texts(struct arena *arena, const struct labelled_texts kinds[2], size_t length, struct texts *out)
{
        size_t at[2] = {0, 0};
        for (out->count = 0; out->count < SAMPLES; out->count++) {
                struct buffer text = buffer_in(arena);
                for (size_t kind = out->count % 2; text.length < length; kind = length == SHORT ? 1 : 1 - kind)
                        buffer_printf(&text, "%s ", next_sentence(&kinds[kind], &at[kind]));
                out->texts[out->count] = arena_strndup(arena, buffer_text(&text), length);
        }
}

static double clean(struct arena *arena, const char *text)
{
        struct cleaned_text cleaned;
        double begun = seconds_of_work();
        cleaner_clean(arena, text, &cleaned);
        double took = seconds_of_work() - begun;
        arena_reset(arena);
        return took;
}

static double texts_a_second(const struct texts *texts, double seconds)
{
        struct arena *arena = arena_new(ARENA);
        size_t count = 0;
        double begun = seconds_of_work(), took = 0;
        while ((took = seconds_of_work() - begun) < seconds)
                for (size_t i = 0; i < texts->count; i++, count++) {
                        struct cleaned_text cleaned;
                        cleaner_clean(arena, texts->texts[i], &cleaned);
                        arena_reset(arena);
                }
        arena_free(arena);
        return (double)count / took;
}

static int by_value(const void *left, const void *right)
{
        double a = *(const double *)left, b = *(const double *)right;
        return (a > b) - (a < b);
}

static void percentiles(const struct texts *texts, double *p50, double *p99)
{
        static double took[SAMPLES];
        struct arena *arena = arena_new(ARENA);
        for (size_t i = 0; i < SAMPLES; i++)
                took[i] = clean(arena, texts->texts[i]);
        arena_free(arena);
        qsort(took, SAMPLES, sizeof *took, by_value);
        *p50 = took[SAMPLES / 2] * 1e6;
        *p99 = took[SAMPLES - 1 - SAMPLES / 100] * 1e6;
}

/* The slowest of all repetitions, each at its best of three. */
static double worst_ms(const char **which)
{
        double worst = 0;
        for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
                struct arena *own = arena_new(0), *arena = arena_new(ARENA);
                struct buffer text = buffer_in(own);
                while (text.length + strlen(hostile[i]) <= HOSTILE)
                        buffer_puts(&text, hostile[i]);
                double best = 1e9;
                for (int round = 0; round < 3; round++) {
                        double took = clean(arena, buffer_text(&text));
                        best = took < best ? took : best;
                }
                if (best > worst)
                        *which = hostile[i];
                worst = best > worst ? best : worst;
                arena_free(arena);
                arena_free(own);
        }
        return worst * 1e3;
}

static long resident_kib(void)
{
        char line[128];
        long kib = 0;
        FILE *file = fopen("/proc/self/status", "r");
        while (file != NULL && fgets(line, sizeof line, file) != NULL)
                if (strncmp(line, "VmRSS:", 6) == 0)
                        kib = strtol(line + 6, NULL, 10);
        if (file != NULL)
                fclose(file);
        return kib;
}

static void read_corpus(struct arena *arena, const char *directory, struct labelled_texts kinds[2])
{
        kinds[0] = labelled_read(arena, arena_printf(arena, "%s/positives.txt", directory));
        kinds[1] = labelled_read(arena, arena_printf(arena, "%s/negatives.txt", directory));
}

static int measure_texts(double seconds, const char *directory)
{
        static struct texts texts;
        struct labelled_texts kinds[2];
        struct arena *arena = arena_new((size_t)256 << 20);
        const char *which = "";
        double p50, p99;
        read_corpus(arena, directory, kinds);
        cut_texts(arena, kinds, SHORT, &texts);
        double rate = texts_a_second(&texts, seconds);
        long resident = resident_kib(); /* with all lists in use, before the large texts */
        cut_texts(arena, kinds, LONG, &texts);
        percentiles(&texts, &p50, &p99);
        double worst = worst_ms(&which);
        printf("%.0f %.0f %.0f %.1f %ld %s\n", rate, p50, p99, worst, resident, which);
        arena_free(arena);
        return EXIT_SUCCESS;
}

static double rpc_us(struct client *client, const struct schema_method *method, char *text, double seconds)
{
        Anonymize__CleanTextRequest request = ANONYMIZE__CLEAN_TEXT_REQUEST__INIT;
        request.n_texts = 1;
        request.texts = &text;
        int64_t begun = clock_now_us(), count = 0;
        for (; clock_now_us() - begun < (int64_t)(seconds * 1e6); count++) {
                struct answer answer = ANSWER_INIT;
                struct message *reply;
                Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
                header.has_deadline_us = 1;
                header.deadline_us = DEADLINE_US;
                client_start(client, NULL, method, &header, &request.base, answer_take, &answer);
                if (answer_wait(&answer, &reply) != STATUS_OK)
                        abort();
                message_free(reply);
        }
        return (double)(clock_now_us() - begun) / (double)count;
}

static int measure_rpc(double seconds, const char *directory)
{
        static const struct rpc *const tables[] = {text_rpcs, NULL};
        static struct texts texts;
        struct labelled_texts kinds[2];
        struct kit kit;
        struct server *server;
        struct arena *arena = arena_new(0);
        read_corpus(arena, directory, kinds);
        cut_texts(arena, kinds, SHORT, &texts);
        texts.count = 1;
        double bare = 1e6 / texts_a_second(&texts, seconds);
        kit_open(&kit, "anonymize", tables);
        const struct server_settings settings = {.url = kit_ipc_url(&kit), .queue = 64, .workers = 2};
        if (server_start(&kit.service, &settings, &server) != STATUS_OK)
                return EXIT_FAILURE;
        struct client *client = kit_client(&kit, settings.url, "goals");
        const struct schema_method *method =
                schema_method_find(kit.service.schema, "sfp.anonymize.Anonymize.CleanText");
        printf("%.1f %.1f\n", bare, rpc_us(client, method, texts.texts[0], seconds));
        client_free(client);
        server_stop(server, 1000);
        kit_close(&kit);
        arena_free(arena);
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        if (argc == 4 && strcmp(argv[1], "texts") == 0)
                return measure_texts(strtod(argv[2], NULL), argv[3]);
        if (argc == 4 && strcmp(argv[1], "rpc") == 0)
                return measure_rpc(strtod(argv[2], NULL), argv[3]);
        fputs("usage: text_bench texts|rpc SECONDS CORPUS\n", stderr);
        return EXIT_FAILURE;
}
