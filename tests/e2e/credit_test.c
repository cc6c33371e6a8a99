/* SPDX-License-Identifier: Apache-2.0 */
/* What people do in groups and mentorships counts for them (svc-anonymize/credits.def). */
#include "tests/e2e/database.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mentoring.h"
#include "tests/e2e/saving.h"

static int score_of(struct member who)
{
        return (int)number_at(get(who.user, "/profile"), "reputation_score");
}

static bool has_credit(struct member who, const char *reason, int count)
{
        return sql_number(
                       text("SELECT count(*) FROM anonymize.reputation_entries WHERE user_id = '%s' AND reason = '%s'",
                               who.user.id, reason)) == count;
}

TEST(a_session_of_a_mentorship_counts_for_both)
{
        struct member ann = new_member();
        struct member bob = new_member();
        const char *session = booked(bob.user, matched(ann.user, bob.user), 24);
        let_minutes_pass(session, 24 * 60);
        lead_to(ann.user, session_path(session), "start", "in_progress");
        lead_to(ann.user, session_path(session), "finish", "completed");
        ck_assert(AWAIT(20, has_credit(ann, "session_completed", 1) && has_credit(bob, "session_completed", 1)));
        ck_assert(AWAIT(20, score_of(ann) == 4 + 5 && score_of(bob) == 4)); /* one has registered as a mentor */
        ck_assert_int_eq((int)number_at(get(bob.user, "/profile"), "total_contributions"), 1);
}
END_TEST

TEST(paying_in_and_reaching_milestones_counts_for_who_is_there)
{
        struct member ann = new_member();
        struct member bob = new_member();
        const char *group = active_group(ann.user, 1, &bob.user);
        pay(bob.user, group, 30000); /* of 100000: the first quarter */
        ck_assert(AWAIT(20, has_credit(bob, "group_contribution", 1)));
        ck_assert(AWAIT(20, has_credit(ann, "group_milestone", 1) && has_credit(bob, "group_milestone", 1)));
        ck_assert(AWAIT(20, score_of(ann) == 2 + 2 && score_of(bob) == 1 + 2)); /* one has founded the group */
        ck_assert_int_eq(length_at(get(new_user_as("ops"), "/status/consistency?scope=anonymize"), "drifted"), 0);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/credit", NO_FORK, T(a_session_of_a_mentorship_counts_for_both),
        T(paying_in_and_reaching_milestones_counts_for_who_is_there))
