/* SPDX-License-Identifier: Apache-2.0 */
/* ./sfp top: every program is in the view, and one that is away is said to be. */
#include "tests/e2e/instance.h"
#include "tests/e2e/member.h"
#include "tests/e2e/program.h"

#include <string.h>

static const char *top(void)
{
        const char *const argv[] = {
                program_setting("SFP_CMD"), "top", "--once", "--data", program_setting("SFP_DATA"), NULL};
        return program_output(scene_arena(), argv);
}

static const char *line_of(const char *view, const char *program)
{
        const char *line = strstr(view, text("\n%s ", program));
        ck_assert_msg(line != NULL, "%s is not in %s", program, view);
        return text("%.*s", (int)strcspn(line + 1, "\n"), line + 1);
}

TEST(every_program_is_in_the_view)
{
        static const char *const services[] = {"svc-anonymize", "svc-feed", "svc-forum", "svc-goals", "svc-groups",
                "svc-mentor", "svc-moderation", "svc-peers"};
        expect_status(get(new_member().user, "/profile"), 200);
        const char *view = top();
        ck_assert_ptr_eq(strstr(view, "PROGRAM"), view);
        ck_assert_ptr_nonnull(strstr(line_of(view, "sfp-gateway"), "%"));
        for (size_t i = 0; i < sizeof services / sizeof *services; i++)
                ck_assert_ptr_nonnull(strstr(line_of(view, services[i]), " up"));
        ck_assert_ptr_null(strchr(view, '\033'));
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/top", NO_FORK, T(every_program_is_in_the_view))
