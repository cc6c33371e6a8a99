/* SPDX-License-Identifier: Apache-2.0 */
/* Who owes what when, and what happens when they do not pay. */
#include "tests/e2e/database.h"
#include "tests/e2e/saving.h"

#include <string.h>

static const char *plan_of(const char *group)
{
        return group_place(group, "contribution-plan");
}

static long owed(const char *group, const char *part)
{
        return sql_number(text("SELECT sum(amount) FROM groups.schedule_entries WHERE group_goal_id = '%s'"
                               " AND (participation_id::text = '%s' OR '%s' = '')",
                group, part, part));
}

/* An open group with one more member and this plan, then active. */
static const char *planned_group(struct user ann, struct user bob, const char *plan)
{
        const char *group = founded(ann, "open");
        lead_to(ann, group_path(group), "open", "open");
        joined(bob, group);
        expect_status(put(ann, plan_of(group), plan), 200);
        lead_to(ann, group_path(group), "activate", "active");
        return group;
}

/* Makes the jobs that come round by themselves run now. */
static void remind(void)
{
        sql("UPDATE groups.jobs SET due_at = now() WHERE kind = 'remind_of_schedule'");
}

TEST(equal_shares_make_the_target_exactly)
{
        struct user ann = new_user(), bob = new_user(), cleo = new_user();
        const char *group = planned_group(ann, bob, JSON({"model" : "equal", "cadence" : "weekly"}));
        ck_assert_int_eq(owed(group, ""), 100000);
        ck_assert_int_eq(owed(group, part_of(bob, group)), 50000);
        joined(cleo, group);
        ck_assert_int_eq(owed(group, ""), 100000);
        ck_assert_int_le(owed(group, part_of(bob, group)), 33334);
        struct answer answer = get(bob, plan_of(group));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "model"), "equal");
        ck_assert_int_eq(length_at(answer, "schedule"), 36);
        ck_assert_str_eq(text_at(answer, "schedule[0].state"), "due");
        expect_problem(get(new_user(), plan_of(group)), 403, "forbidden");
}
END_TEST

TEST(shares_are_of_members_and_make_a_hundred_percent)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = founded(ann, "open");
        lead_to(ann, group_path(group), "open", "open");
        const char *mine = part_of(ann, group), *his = joined(bob, group);
        const char *format = "{\"model\": \"percentage\", \"shares\": [{\"participation_id\": \"%s\", \"weight\": %d},"
                             " {\"participation_id\": \"%s\", \"weight\": %d}]}";
        struct answer answer = put(ann, plan_of(group), text(format, mine, 7000, his, 2000));
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "shares");
        expect_problem(put(ann, plan_of(group), text(format, mine, 7000, group, 3000)), 422, "validation_failed");
        expect_problem(put(ann, plan_of(group), JSON({"model" : "percentage"})), 422, "validation_failed");
        expect_problem(put(bob, plan_of(group), text(format, mine, 7000, his, 3000)), 403, "forbidden");
        answer = put(ann, plan_of(group), text(format, mine, 7000, his, 3000));
        expect_status(answer, 200);
        ck_assert_int_eq(length_at(answer, "shares"), 2);
        ck_assert_int_eq(length_at(get(bob, plan_of(group)), "shares"), 0);
        lead_to(ann, group_path(group), "activate", "active");
        ck_assert_int_eq(owed(group, his), 30000);
        expect_problem(put(ann, plan_of(group), JSON({"model" : "equal"})), 409, "conflict");
}
END_TEST

TEST(a_group_is_not_active_before_everybody_has_a_share)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = founded(ann, "open");
        lead_to(ann, group_path(group), "open", "open");
        expect_status(
                put(ann, plan_of(group),
                        text("{\"model\": \"income_weighted\", \"shares\": [{\"participation_id\": \"%s\", \"weight\": 3}]}",
                                part_of(ann, group))),
                200);
        joined(bob, group);
        expect_problem(take_action(ann, group_path(group), "activate", false), 409, "illegal_transition");
}
END_TEST

TEST(in_a_rotation_each_receives_once)
{
        struct user ann = new_user(), bob = new_user();
        const char *group =
                planned_group(ann, bob, JSON({"model" : "round_robin", "amount" : 500, "cadence" : "weekly"}));
        ck_assert_int_eq(owed(group, ""), 2000);
        ck_assert_int_eq(
                sql_number(text("SELECT count(DISTINCT recipient_participation_id) FROM groups.schedule_entries"
                                " WHERE group_goal_id = '%s'",
                        group)),
                2);
}
END_TEST

TEST(what_is_paid_pays_the_oldest_first)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = planned_group(ann, bob, JSON({
                "model" : "matching",
                "amount" : 1000,
                "cadence" : "weekly",
                "matching_rate_percent" : 50,
                "matching_cap_amount" : 2000
        }));
        ck_assert_int_eq(owed(group, part_of(ann, group)), 2000);
        ck_assert_int_eq(owed(group, part_of(bob, group)), 12000);
        expect_status(pay(bob, group, 2500), 201);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM groups.schedule_entries WHERE participation_id = '%s'"
                                         " AND state = 'contributed'",
                                 part_of(bob, group))),
                2);
}
END_TEST

TEST(who_does_not_pay_is_late_and_who_pays_is_not)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = planned_group(ann, bob,
                JSON({"model" : "equal", "cadence" : "weekly", "grace_days" : 2, "late_policy" : "delinquent"}));
        const char *part = part_of(bob, group);
        const char *place = text("/groups/%s/participants/%s", group, part);
        sql(text("UPDATE groups.schedule_entries SET due_on = due_on - 10 WHERE participation_id = '%s'", part));
        remind();
        ck_assert(AWAIT(20, strcmp(state_at(bob, place), "delinquent") == 0));
        ck_assert_int_eq(events_of("groups", "groups.schedule.overdue", group), 1);
        long late = sql_number(text("SELECT amount FROM groups.schedule_entries WHERE participation_id = '%s'"
                                    " AND state = 'overdue'",
                part));
        expect_status(pay(bob, group, late - 1), 201);
        ck_assert_str_eq(state_at(bob, place), "delinquent");
        expect_status(pay(bob, group, 1), 201);
        ck_assert_str_eq(state_at(bob, place), "active");
        sql(text(
                "UPDATE groups.schedule_entries SET due_on = current_date WHERE id = (SELECT id FROM groups.schedule_entries"
                " WHERE participation_id = '%s' AND state = 'due' ORDER BY due_on LIMIT 1)",
                part));
        remind();
        ck_assert(AWAIT(20, events_of("groups", "groups.schedule.due", group) == 1));
}
END_TEST

TEST(a_gadmin_forgives)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = planned_group(ann, bob,
                JSON({"model" : "equal", "cadence" : "weekly", "grace_days" : 0, "late_policy" : "delinquent"}));
        const char *part = part_of(bob, group);
        const char *place = text("/groups/%s/participants/%s", group, part);
        sql(text("UPDATE groups.schedule_entries SET due_on = due_on - 8 WHERE participation_id = '%s'", part));
        remind();
        ck_assert(AWAIT(20, strcmp(state_at(bob, place), "delinquent") == 0));
        expect_problem(take_action(bob, place, "waive", false), 409, "illegal_transition");
        lead_to(ann, place, "waive", "active");
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM groups.schedule_entries WHERE participation_id = '%s'"
                                         " AND state = 'waived'",
                                 part)),
                1);
}
END_TEST

TEST(a_group_past_its_day_pauses_and_is_ended_or_given_another)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        sql(text("UPDATE groups.group_savings_goals SET target_date = current_date - 1 WHERE id = '%s'", group));
        sql("UPDATE groups.jobs SET due_at = now() WHERE kind = 'watch_deadlines'");
        ck_assert(AWAIT(20, strcmp(state_at(ann, group_path(group)), "paused") == 0));
        ck_assert_str_eq(text_at(get(ann, group_path(group)), "pause_reason"), "deadline");
        expect_problem(take_action(ann, group_path(group), "resume", false), 409, "illegal_transition");
        expect_status(patch(ann, group_path(group), JSON({"target_date" : "2199-01-01"})), 200);
        lead_to(ann, group_path(group), "resume", "active");
        sql(text("UPDATE groups.group_savings_goals SET target_date = current_date - 1, status = 'paused',"
                 " pause_reason = 'deadline', paused_at = now() - interval '15 days' WHERE id = '%s'",
                group));
        sql("UPDATE groups.jobs SET due_at = now() WHERE kind = 'watch_deadlines'");
        ck_assert(AWAIT(20, strcmp(state_at(ann, group_path(group)), "cancelled") == 0));
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/plan", NO_FORK, T(equal_shares_make_the_target_exactly),
        T(shares_are_of_members_and_make_a_hundred_percent), T(a_group_is_not_active_before_everybody_has_a_share),
        T(in_a_rotation_each_receives_once), T(what_is_paid_pays_the_oldest_first),
        T(who_does_not_pay_is_late_and_who_pays_is_not), T(a_gadmin_forgives),
        T(a_group_past_its_day_pauses_and_is_ended_or_given_another))
