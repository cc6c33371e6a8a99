/* SPDX-License-Identifier: Apache-2.0 */
/* What classifying costs on one core: moderation_bench MODEL SECONDS prints "texts/s load-ms resident-KiB". Texts are
 * of 100 characters; load is reading, checking and copying the file. moderation_bench texts N prints N of the texts, a
 * line each, for others to classify. */
#include "svc-moderation/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LENGTH = 100, ROUND = 100 };

static const char *const texts[] = {
        "I moved my emergency fund into a savings account at 4.1% and finally sleep well, thanks for the advice last",
        "Guaranteed 20% returns a week, zero risk, message me on Telegram now and double your money before Friday ends",
        "Does anybody here know whether the employer match vests at once or over three years? Mine says nothing at all",
        "you are all such pathetic losers, nobody wants to read what you write about your stupid little budgets, so go",
};

static double seconds_now(void)
{
        struct timespec time;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static long resident_kib(void)
{
        long pages = 0, resident = 0;
        FILE *file = fopen("/proc/self/statm", "re");
        if (file == NULL || fscanf(file, "%ld %ld", &pages, &resident) != 2)
                resident = 0;
        if (file != NULL)
                fclose(file);
        return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static int print_texts(long count)
{
        for (long i = 0; i < count; i++)
                printf("%.*s\n", LENGTH, texts[i % 4]);
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        if (argc == 3 && strcmp(argv[1], "texts") == 0)
                return print_texts(strtol(argv[2], NULL, 10));
        struct model *model;
        const char *why = "Usage: moderation_bench MODEL SECONDS | texts N";
        double began = seconds_now(), scores[CATEGORY_COUNT], spent;
        if (argc != 3 || model_load(argv[1], &model, &why) != STATUS_OK)
                return fprintf(stderr, "%s\n", why), EXIT_FAILURE; /* allow(fprintf): a program for people */
        double load = seconds_now() - began;
        struct arena *arena = arena_new(0);
        size_t count = 0;
        began = seconds_now();
        do {
                for (int i = 0; i < ROUND; i++, count++) {
                        char text[LENGTH + 1] = "";
                        memcpy(text, texts[count % 4], LENGTH);
                        model_scores(model, arena, text, scores);
                        arena_reset(arena);
                }
                spent = seconds_now() - began;
        } while (spent < strtod(argv[2], NULL));
        printf("%.0f %.1f %ld\n", (double)count / spent, load * 1000, resident_kib());
        arena_free(arena);
        model_free(model);
        return EXIT_SUCCESS;
}
