/* SPDX-License-Identifier: Apache-2.0 */
/* Too much of anything. */
#include "tests/e2e/refusal.h"

#include <string.h>

static const char *repeated(const char *piece, int count)
{
        size_t length = strlen(piece);
        char *out = arena_alloc(scene_arena(), length * (size_t)count + 1);
        for (int i = 0; i < count; i++)
                memcpy(out + length * (size_t)i, piece, length);
        out[length * (size_t)count] = '\0';
        return out;
}

TEST(text_has_a_greatest_length)
{
        static const struct {
                const char *field;
                int most;
        } texts[] = {{"goal_description", 4000}, {"strategy_description", 4000}, {"tips_and_lessons", 4000}};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
                expect_bad(post(sender(), "/goal-sharing/",
                                   text("{" REST ", \"%s\": \"%s\"}", texts[i].field,
                                           repeated("\xC3\xA9", texts[i].most + 1))),
                        texts[i].field, 422, "validation_failed", texts[i].field, "too_long");
        expect_bad(post(sender(), "/goal-sharing/",
                           text("{\"goal_category\": \"home\", \"goal_title\": \"%s\"}", repeated("a", 121))),
                "a long title", 422, "validation_failed", "goal_title", "too_long");
        expect_no_effect();
}

TEST(a_body_over_the_limit_is_refused)
{
        const char *body = text("{" REST ", \"goal_description\": \"%s\"}", repeated("a", 300000));
        expect_bad(post(sender(), "/goal-sharing/", body), "300 kB", 413, "payload_too_large", NULL, NULL);
        static const char *const chunked[] = {"Transfer-Encoding: chunked", "Content-Type: application/json", NULL};
        expect_bad(ask(&(struct request){"POST", "/goal-sharing/", sender(), body, strlen(body), chunked}),
                "300 kB in chunks", 413, "payload_too_large", NULL, NULL);
        expect_no_effect();
}

TEST(depth_is_bounded)
{
        expect_bad(post(sender(), "/goal-sharing/", repeated("[", 100000)), "100,000 brackets", 400, "malformed_json",
                NULL, NULL);
        expect_bad(post(sender(), "/goal-sharing/",
                           text("{" REST ", \"tags\": %s%s}", repeated("[", 40), repeated("]", 40))),
                "40 lists in each other", 400, "malformed_json", NULL, NULL);
        expect_bad(post(sender(), "/goal-sharing/", text("{" REST ", \"tags\": [%s1]}", repeated("1,", 100000))),
                "100,000 tags", 400, "malformed_json", NULL, NULL);
        expect_no_effect();
}

SUITE_WITH(refusal_begin, refusal_end, "e2e/bad_size", NO_FORK, T(text_has_a_greatest_length),
        T(a_body_over_the_limit_is_refused), T(depth_is_bounded))
