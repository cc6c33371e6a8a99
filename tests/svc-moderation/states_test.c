/* SPDX-License-Identifier: Apache-2.0 */
/* The lives of cases, reports and appeals as they are promised, triple by triple, held against the tables that the
 * service walks: what does not stand here must be refused there. */
#include "svc-moderation/policy.h"
#include "tests/common/lifecycle_walk.h"
#include "tests/suite.h"

#include <string.h>

struct promise {
        const char *state, *action, *role, *next;
};

/* clang-format off */
static const struct promise of_cases[] = {
        {"new",          "open",         "sys",    "open"},
        {"open",         "auto_action",  "sys",    "resolved"},
        {"queued",       "auto_action",  "sys",    "resolved"},
        {"open",         "enqueue",      "sys",    "queued"},
        {"open",         "lapse",        "sys",    "closed"},
        {"queued",       "claim",        "mod",    "claimed"},
        {"escalated",    "claim",        "admin",  "claimed"},
        {"claimed",      "release",      "holder", "queued"},
        {"claimed",      "lease_expire", "sys",    "queued"},
        {"claimed",      "escalate",     "holder", "escalated"},
        {"claimed",      "resolve",      "ruling", "resolved"},
        {"resolved",     "appeal",       "sys",    "under_appeal"},
        {"under_appeal", "decided",      "sys",    "closed"},
        {"under_appeal", "withdrawn",    "sys",    "resolved"},
        {"resolved",     "window_end",   "sys",    "closed"},
        {"resolved",     "reopen",       "admin",  "queued"},
        {NULL},
};

static const struct promise of_reports[] = {
        {"new",    "submit",   "owner",  "open"},
        {"open",   "link",     "sys",    "linked"},
        {"open",   "withdraw", "owner",  "withdrawn"},
        {"linked", "withdraw", "owner",  "withdrawn"},
        {"open",   "uphold",   "ruling", "upheld"},
        {"linked", "uphold",   "ruling", "upheld"},
        {"open",   "dismiss",  "ruling", "dismissed"},
        {"linked", "dismiss",  "ruling", "dismissed"},
        {"open",   "expire",   "sys",    "expired"},
        {NULL},
};

static const struct promise of_appeals[] = {
        {"new",            "submit",       "affected", "submitted"},
        {"submitted",      "claim",        "mod",      "under_review"},
        {"submitted",      "withdraw",     "affected", "withdrawn"},
        {"under_review",   "ask",          "reviewer", "info_requested"},
        {"info_requested", "answer",       "affected", "under_review"},
        {"info_requested", "expire",       "sys",      "under_review"},
        {"under_review",   "grant",        "reviewer", "granted"},
        {"under_review",   "grant_partly", "reviewer", "partially_granted"},
        {"under_review",   "deny",         "reviewer", "denied"},
        {NULL},
};
/* clang-format on */

/* Each with one that nobody knows; NULL ends a list. */
static const char *const case_states[] = {
        "new", "open", "queued", "claimed", "escalated", "resolved", "under_appeal", "closed", "lost", NULL};
static const char *const report_states[] = {
        "new", "open", "linked", "upheld", "dismissed", "withdrawn", "expired", "lost", NULL};
static const char *const appeal_states[] = {"new", "submitted", "under_review", "info_requested", "granted",
        "partially_granted", "denied", "withdrawn", "lost", NULL};
static const char *const roles[] = {
        "sys", "mod", "admin", "holder", "ruling", "owner", "affected", "reviewer", "user", "", NULL};

static const char *promised(const struct promise *promises, const char *state, const char *action, const char *role)
{
        for (; promises->state != NULL; promises++)
                if (strcmp(promises->state, state) == 0 && strcmp(promises->action, action) == 0 &&
                        strcmp(promises->role, role) == 0)
                        return promises->next;
        return "refused";
}

static void compare(const struct transition *table, const struct promise *promises, const char *state,
        const char *action, const char *role)
{
        const struct transition *row = lifecycle_find(table, state, action, role);
        const char *next = row == NULL ? "refused" : row->next;
        const char *promise = promised(promises, state, action, role);
        ck_assert_msg(
                strcmp(next, promise) == 0, "%s -%s(%s)-> %s, promised is %s", state, action, role, next, promise);
}

/* Every state with every role, and the actions of the table with one that it has not. Returns how many there were. */
static int compare_all(const struct transition *table, const struct promise *promises, const char *const *states)
{
        int count = 0;
        for (; *states != NULL; states++)
                for (const char *const *role = roles; *role != NULL; role++) {
                        compare(table, promises, *states, "fly", *role);
                        for (const struct transition *row = table; row->action != NULL; row++, count++)
                                compare(table, promises, *states, row->action, *role);
                }
        return count;
}

TEST(a_case_goes_only_where_it_is_promised_to)
{
        ck_assert_int_gt(compare_all(case_transitions, of_cases, case_states), 1000);
        ck_assert_int_gt(lifecycle_walk(case_transitions, "closed"), 0);
}
END_TEST

TEST(a_report_goes_only_where_it_is_promised_to)
{
        ck_assert_int_gt(compare_all(report_transitions, of_reports, report_states), 400);
        ck_assert_int_gt(lifecycle_walk(report_transitions, "upheld dismissed withdrawn expired"), 0);
}
END_TEST

TEST(an_appeal_goes_only_where_it_is_promised_to)
{
        ck_assert_int_gt(compare_all(appeal_transitions, of_appeals, appeal_states), 600);
        ck_assert_int_gt(lifecycle_walk(appeal_transitions, "granted partially_granted denied withdrawn"), 0);
}
END_TEST

SUITE("svc-moderation/states", FORK, T(a_case_goes_only_where_it_is_promised_to),
        T(a_report_goes_only_where_it_is_promised_to), T(an_appeal_goes_only_where_it_is_promised_to))
