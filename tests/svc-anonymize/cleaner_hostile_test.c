/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that are meant to be slow are not, and obey the laws as all others. */
#include "tests/suite.h"
#include "tests/svc-anonymize/laws.h"

#include <string.h>
#include <time.h>

enum { HOSTILE_SIZE = 64 << 10 };

static const char *const units[] = {
#define HOSTILE_UNIT(text) text,
#include "tests/svc-anonymize/hostile.def"
};

/* Of this thread's own work: what else the machine does is not the cleaner's. */
static double now(void)
{
        struct timespec time;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static char *repeat(struct arena *arena, const char *unit)
{
        size_t length = strlen(unit), count = HOSTILE_SIZE / length;
        char *text = arena_alloc(arena, count * length + 1);
        for (size_t i = 0; i < count; i++)
                memcpy(text + i * length, unit, length);
        text[count * length] = '\0';
        return text;
}

static void check_laws(struct arena *arena, const char *text)
{
        const char *broken = laws_broken(arena, text);
        ck_assert_msg(broken == NULL, "not so: %s, for: %.200s", broken, text);
}

TEST(hostile_repetition_takes_linear_time)
{
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
                struct arena *arena = arena_new(0);
                const char *text = repeat(arena, units[i]);
                double start = now();
                check_laws(arena, text);
                ck_assert_msg(now() - start < 2, "%s took %f s", units[i], now() - start);
                arena_free(arena);
        }
}
END_TEST

SUITE("svc-anonymize/cleaner hostile", FORK, T(hostile_repetition_takes_linear_time))
