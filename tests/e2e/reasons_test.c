/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody is told of what was done: what, why, by which rule, how it was found, until when, and how to appeal.
 * And that warnings, strikes and sanctions end. */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"

#include <string.h>

/* Rules on something that `who` wrote. Returns the action's id. */
static const char *ruled_on(struct user who, const char *action_taken, const char *more)
{
        struct user mod = new_user_as("mod");
        const char *answer = posted(who, topic(new_user()));
        reported(new_user(), "forum_post", answer, "harassment");
        return ruled(mod, case_of(mod, "forum_post", answer), action_taken, more);
}

static const char *action_path(const char *id)
{
        return text("/moderation/actions/%s", id);
}

TEST(a_statement_says_what_why_by_which_rule_and_how_to_appeal)
{
        struct user bob = new_user();
        const char *action = ruled_on(bob, "remove", ", \"note\": \"seen before\"");
        struct answer statement = get(bob, action_path(action));
        static const char *const said[][2] = {{"action_taken", "remove"}, {"reason", "It breaks rule number one."},
                {"rule_id", "be_kind"}, {"object_type", "forum_post"}, {"found_by", "report"}};
        for (size_t i = 0; i < sizeof said / sizeof *said; i++)
                ck_assert_str_eq(text_at(statement, said[i][0]), said[i][1]);
        ck_assert(!is_true_at(statement, "is_automated_action"));
        ck_assert(is_true_at(statement, "can_appeal"));
        ck_assert_ptr_nonnull(strstr(text_at(statement, "redress"), "/moderation/appeals"));
        ck_assert(has(statement, "appeal_until") && has(statement, "taken_at") && has(statement, "object_id"));
        ck_assert(!has(statement, "note"));
        ck_assert_int_eq((int)number_at(statement, "strikes"), 1);
        appealed(bob, action);
        statement = get(bob, action_path(action));
        ck_assert(!is_true_at(statement, "can_appeal") && !has(statement, "redress"));
}
END_TEST

TEST(nobody_is_told_off_without_a_rule)
{
        struct user mod = new_user_as("mod");
        const char *answer = posted(new_user(), topic(new_user()));
        reported(new_user(), "forum_post", answer, "spam");
        const char *id = case_of(mod, "forum_post", answer);
        expect_status(step_case(mod, id, "claim"), 200);
        struct answer refused = post(
                mod, case_path(id, "/actions"), JSON({"action_taken" : "warn", "reason" : "I do not like it much."}));
        expect_problem(refused, 422, "validation_failed");
        ck_assert_str_eq(text_at(refused, "errors[0].field"), "rule_id");
        expect_status(post(mod, case_path(id, "/actions"),
                              JSON({"action_taken" : "none", "reason" : "Nothing is wrong with it."})),
                201);
}
END_TEST

static int strikes_on_record(struct user who)
{
        struct user mod = new_user_as("mod");
        const char *answer = posted(who, topic(new_user()));
        reported(new_user(), "forum_post", answer, "spam");
        return (int)number_at(get(mod, case_path(case_of(mod, "forum_post", answer), "")), "author_record.strikes");
}

TEST(strikes_add_up_and_are_gone_after_ninety_days)
{
        struct user bob = new_user();
        ck_assert_int_eq(strikes_on_record(bob), 0);
        const char *warning = ruled_on(bob, "warn", "");
        ruled_on(bob, "remove", "");
        ruled_on(bob, "hide", "");
        ck_assert_int_eq(strikes_on_record(bob), 2);
        ck_assert(has(get(bob, action_path(warning)), "strike_until"));
        sql(text("UPDATE moderation.actions SET taken_at = taken_at - interval '91 days' WHERE id = '%s'", warning));
        ck_assert(!has(get(bob, action_path(warning)), "strikes"));
        ck_assert(!has(get(bob, action_path(warning)), "strike_until"));
        ck_assert_int_eq(strikes_on_record(bob), 1);
}
END_TEST

TEST(a_warning_is_read_and_stops_nobody)
{
        struct user bob = new_user();
        ruled_on(bob, "warn", "");
        struct answer mine = get(bob, "/moderation/actions");
        ck_assert_int_eq(length_at(mine, "items"), 1);
        ck_assert_str_eq(text_at(mine, "items[0].action_taken"), "warn");
        ck_assert_int_eq(length_at(get(new_user(), "/moderation/actions"), "items"), 0);
        posted(bob, topic(new_user()));
}
END_TEST

static bool writes(struct user who, const char *topic)
{
        return post(who, posts_path(topic), JSON({"content" : "Hello everybody"})).status < 300;
}

TEST(a_sanction_ends_when_its_time_is_over)
{
        struct user bob = new_user();
        const char *place = topic(new_user());
        const char *action = ruled_on(bob, "suspend", ", \"duration_s\": 3600");
        ck_assert(has(get(bob, action_path(action)), "until_at"));
        ck_assert_msg(AWAIT(30, !writes(bob, place)), "it is not in effect");
        sql(text("UPDATE moderation.jobs j SET due_at = now() FROM moderation.actions a WHERE a.id = '%s'"
                 " AND j.kind = 'sanction_end' AND j.key = a.sanction_id::text",
                action));
        ck_assert_msg(AWAIT(30, writes(bob, place)), "it does not end");
        ck_assert_int_eq((int)number_at(get(bob, action_path(action)), "strikes"), 2);
}
END_TEST

TEST(an_appeal_that_is_overdue_is_escalated)
{
        struct user bob = new_user();
        const char *appeal = appealed(bob, ruled_on(bob, "hide", ""));
        const char *path = text("/moderation/appeals/%s", appeal);
        ck_assert(!has(get(bob, path), "escalated_at"));
        sql(text("UPDATE moderation.jobs SET due_at = now() WHERE kind = 'appeal_due' AND key = '%s'", appeal));
        ck_assert_msg(AWAIT(30, has(get(bob, path), "escalated_at")), "it is not escalated");
        ck_assert_str_eq(text_at(get(bob, path), "state"), "submitted");
        expect_status(step_appeal(new_user_as("mod"), appeal, "claim"), 200);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/reasons", NO_FORK, T(a_statement_says_what_why_by_which_rule_and_how_to_appeal),
        T(nobody_is_told_off_without_a_rule), T(strikes_add_up_and_are_gone_after_ninety_days),
        T(a_warning_is_read_and_stops_nobody), T(a_sanction_ends_when_its_time_is_over),
        T(an_appeal_that_is_overdue_is_escalated))
