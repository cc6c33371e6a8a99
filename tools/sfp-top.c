/* SPDX-License-Identifier: Apache-2.0 */
/* A live view of the programs of a platform, by their metrics: sfp-top --help. */
#include "common/buffer.h"
#include "common/clock.h"
#include "common/http_ask.h"
#include "tools/top_figures.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PROGRAMS_MAX = 128, NAME_SIZE = 32, TEXT_MAX = 16 << 20, TIMEOUT_MS = 5000, INTERVAL_MAX_S = 3600 };

static const char help[] =
        "Usage: sfp-top [--once] [--interval SECONDS] NAME=URL...\n"
        "\n"
        "Shows, every two seconds until it is interrupted, what the programs do whose metrics are at these addresses\n"
        "(NAME=http://HOST:PORT/metrics; ./sfp top says those of an instance).\n"
        "\n"
        "  --once             one table, of the second between two looks, and nothing that a terminal would have to know;\n"
        "                     the status is 1 when a program did not answer\n"
        "  --interval SECONDS between two looks\n"
        "\n"
        "CALLS/S, FAIL/S    answered a second, and those of them that failed by the program's or its dependencies' fault\n"
        "P50, P99           within which so many of a hundred were answered, in milliseconds\n"
        "LINE, BUSY         requests in line, and workers at work; at the gateway requests in flight\n"
        "BEHIND             events by which a consumer group is behind, at most\n"
        "LATE               seconds by which the oldest job is late\n"
        "CPU, MEMORY        of one core, in MiB\n"
        "DB                 whether it has its database\n";

struct program {
        char name[NAME_SIZE];
        const char *url;
        struct top_look before, now;
};

struct options {
        bool is_once;
        int interval_s;
        int n_programs;
        struct program programs[PROGRAMS_MAX];
};

static volatile sig_atomic_t is_interrupted;

static void interrupt(int signal)
{
        (void)signal;
        is_interrupted = 1;
}

static bool add_program(struct options *options, const char *word)
{
        const char *sign = strchr(word, '=');
        if (sign == NULL || sign == word || (size_t)(sign - word) >= NAME_SIZE || options->n_programs == PROGRAMS_MAX)
                return false;
        struct program *program = &options->programs[options->n_programs++];
        snprintf(program->name, sizeof program->name, "%.*s", (int)(sign - word), word);
        program->url = sign + 1;
        return strncmp(program->url, "http://", 7) == 0 || strncmp(program->url, "https://", 8) == 0;
}

static bool read_options(int argc, char **argv, struct options *options)
{
        char none[] = "", *end = none;
        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "--once") == 0)
                        options->is_once = true;
                else if (strcmp(argv[i], "--interval") == 0 && i + 1 < argc)
                        options->interval_s = (int)strtol(argv[++i], &end, 10);
                else if (!add_program(options, argv[i]))
                        return false;
                if (*end != '\0' || options->interval_s < 0 || options->interval_s > INTERVAL_MAX_S)
                        return false;
        }
        if (options->interval_s == 0)
                options->interval_s = options->is_once ? 1 : 2;
        return options->n_programs > 0;
}

static void look(CURL *curl, struct program *program)
{
        struct arena *arena = arena_new(2 * TEXT_MAX + (1 << 20));
        struct buffer text = buffer_in(arena);
        struct http_ask ask = {program->url, "http,https", "", TIMEOUT_MS, &text, TEXT_MAX};
        long code = 0;
        program->before = program->now;
        program->now = (struct top_look){.is_there = false};
        curl_easy_reset(curl);
        http_ask_prepare(curl, &ask);
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        if (curl_easy_perform(curl) == CURLE_OK)
                curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
        if (code == 200)
                top_look_read(buffer_text(&text), &program->now);
        arena_free(arena);
}

static void print_program(const struct program *program, double seconds)
{
        const struct top_look *now = &program->now;
        struct top_figures figures;
        if (!now->is_there) {
                printf("%-16s does not answer\n", program->name);
                return;
        }
        top_figures_between(&program->before, now, seconds, &figures);
        printf("%-16s %9.1f %8.1f %8.1f %8.1f %6.0f %6.0f %8.0f %6.0f %5.0f%% %8.1f %4s\n", program->name,
                figures.calls_per_s, figures.failures_per_s, figures.p50_s * 1000, figures.p99_s * 1000, now->waiting,
                now->busy, now->events_behind, now->jobs_late_s, figures.cpu_part * 100, now->memory_bytes / (1 << 20),
                !now->has_database    ? "-"
                : now->is_database_up ? "up"
                                      : "down");
}

static void print_table(const struct options *options, double seconds)
{
        printf("%-16s %9s %8s %8s %8s %6s %6s %8s %6s %6s %8s %4s\n", "PROGRAM", "CALLS/S", "FAIL/S", "P50 ms",
                "P99 ms", "LINE", "BUSY", "BEHIND", "LATE s", "CPU", "MEMORY", "DB");
        for (int i = 0; i < options->n_programs; i++)
                print_program(&options->programs[i], seconds);
        fflush(stdout);
}

/* The seconds between this round of looks and the one before. */
static double look_at_all(CURL *curl, struct options *options)
{
        static int64_t before_us;
        int64_t now_us = clock_now_us();
        double seconds = (double)(now_us - before_us) / 1e6;
        for (int i = 0; i < options->n_programs; i++)
                look(curl, &options->programs[i]);
        before_us = now_us;
        return seconds;
}

static bool all_answered(const struct options *options)
{
        for (int i = 0; i < options->n_programs; i++)
                if (!options->programs[i].now.is_there)
                        return false;
        return true;
}

static void pause_s(int seconds)
{
        nanosleep(&(const struct timespec){.tv_sec = seconds}, NULL);
}

static void watch(CURL *curl, struct options *options)
{
        const char *clear = isatty(STDOUT_FILENO) ? "\033[H\033[2J" : "\n";
        while (!is_interrupted) {
                pause_s(options->interval_s);
                double seconds = look_at_all(curl, options);
                fputs(clear, stdout); /* allow(fputs): a view for people */
                print_table(options, seconds);
        }
}

int main(int argc, char **argv)
{
        static struct options options;
        if (argc == 2 && strcmp(argv[1], "--help") == 0) {
                fputs(help, stdout); /* allow(fputs): --help */
                return EXIT_SUCCESS;
        }
        if (!read_options(argc, argv, &options)) {
                fputs(help, stderr); /* allow(fputs): how it is called */
                return 2;
        }
        signal(SIGINT, interrupt);
        signal(SIGTERM, interrupt);
        curl_global_init(CURL_GLOBAL_DEFAULT);
        CURL *curl = curl_easy_init();
        look_at_all(curl, &options);
        if (!options.is_once) {
                watch(curl, &options);
        } else {
                pause_s(options.interval_s);
                print_table(&options, look_at_all(curl, &options));
        }
        curl_easy_cleanup(curl);
        curl_global_cleanup();
        return options.is_once && !all_answered(&options) ? EXIT_FAILURE : EXIT_SUCCESS;
}
