/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/probe.h"

#include "common/clock.h"

#include <curl/curl.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ANSWER_MS = 3000, PAUSE_MS = 500, WAIT_MAX_S = 3600, BAD_WORDS = 2 };

static const char usage[] = "usage: sfp-gateway probe URL [--wait SECONDS]\n"
                            "Asks http:// or https:// until the answer is 2xx, for at most SECONDS (0).\n";

static bool read_seconds(const char *text, int64_t *out)
{
        char *end;
        errno = 0;
        long long seconds = strtoll(text, &end, 10);
        if (errno != 0 || end == text || *end != '\0' || seconds < 0 || seconds > WAIT_MAX_S)
                return false;
        *out = seconds;
        return true;
}

static bool read_words(int argc, char **argv, const char **url, int64_t *wait_s)
{
        static const struct option options[] = {{"wait", required_argument, NULL, 'w'}, {0}};
        for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
                if (option != 'w' || !read_seconds(optarg, wait_s))
                        return false;
        if (optind != argc - 1)
                return false;
        *url = argv[optind];
        return true;
}

static size_t pass_over(char *bytes, size_t size, size_t count, void *to)
{
        (void)bytes;
        (void)to;
        return size * count;
}

/* The code of the answer, 0 when there was none. */
static long ask(const char *url)
{
        long code = 0;
        CURL *curl = curl_easy_init();
        if (curl == NULL)
                return 0;
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, pass_over);
        if (curl_easy_perform(curl) == CURLE_OK)
                curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
        curl_easy_cleanup(curl);
        return code;
}

static bool is_good(long code)
{
        return code >= 200 && code < 300;
}

int probe_command(int argc, char **argv)
{
        const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
        const char *url;
        int64_t wait_s = 0;
        if (!read_words(argc, argv, &url, &wait_s)) {
                fputs(usage, stderr);
                return BAD_WORDS;
        }
        int64_t end = clock_now_us() + wait_s * 1000000;
        long code = ask(url);
        while (!is_good(code) && clock_now_us() < end) {
                nanosleep(&pause, NULL);
                code = ask(url);
        }
        if (code == 0)
                puts("no answer"); /* allow(puts): a command for people */
        else
                printf("%ld\n", code); /* allow(printf): a command for people */
        return is_good(code) ? EXIT_SUCCESS : EXIT_FAILURE;
}
