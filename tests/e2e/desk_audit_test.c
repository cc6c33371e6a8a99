/* SPDX-License-Identifier: Apache-2.0 */
/* What the desk did stands in a record that nobody rewrites unseen. */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"

#include <string.h>

#define LOG    "/moderation/audit-log"
#define VERIFY LOG "/verification?from_position=%ld"

/* What is told of a resource, latest first: "resolve(mod) claimed>resolved; ...". */
static const char *told_of(struct user admin, const char *resource_id)
{
        struct answer log = get(admin, text(LOG "?resource_id=%s&limit=50", resource_id));
        char *out = text("%s", "");
        expect_status(log, 200);
        for (int i = 0; i < length_at(log, "items"); i++) {
                const char *from = text("items[%d].from_state", i), *to = text("items[%d].to_state", i);
                out = text("%s%s(%s) %s>%s; ", out, text_at(log, text("items[%d].what", i)),
                        text_at(log, text("items[%d].actor_role", i)), has(log, from) ? text_at(log, from) : "",
                        has(log, to) ? text_at(log, to) : "");
        }
        return out;
}

struct story {
        struct user ann, mod, other;
        const char *case_id, *action, *appeal;
};

/* From a report to the reversal of the ruling on it. */
static struct story told(void)
{
        struct story story = {.ann = new_user(), .mod = new_user_as("mod"), .other = new_user_as("admin")};
        const char *answer = posted(story.ann, topic(new_user()));
        reported(new_user(), "forum_post", answer, "spam");
        story.case_id = case_of(story.mod, "forum_post", answer);
        story.action = ruled(story.mod, story.case_id, "hide", "");
        story.appeal = appealed(story.ann, story.action);
        expect_status(step_appeal(story.other, story.appeal, "claim"), 200);
        expect_status(step_appeal(story.other, story.appeal, "grant"), 200);
        return story;
}

TEST(everything_the_desk_does_is_on_record)
{
        struct story story = told();
        struct user admin = new_user_as("admin");
        ck_assert_str_eq(told_of(admin, story.case_id),
                "decided(sys) under_appeal>closed; appeal(sys) resolved>under_appeal; "
                "resolve(mod) claimed>resolved; claim(mod) queued>claimed; ");
        ck_assert_str_eq(told_of(admin, story.action), "hide(admin) taken>reversed; hide(mod) >taken; ");
        ck_assert_str_eq(told_of(admin, story.appeal),
                "grant(admin) under_review>granted; claim(admin) submitted>under_review; submit(user) new>submitted; ");
        expect_problem(get(story.mod, LOG), 403, "forbidden");
        expect_problem(get(story.ann, LOG "/verification"), 403, "forbidden");
}
END_TEST

TEST(the_record_names_nobody_and_knows_the_same_moderator_again)
{
        struct story story = told();
        struct user admin = new_user_as("admin");
        struct answer of_case = get(admin, text(LOG "?resource_id=%s", story.case_id));
        struct answer of_action = get(admin, text(LOG "?resource_id=%s", story.action));
        ck_assert_str_eq(text_at(of_case, "items[3].actor_tag"), text_at(of_action, "items[1].actor_tag"));
        ck_assert_str_ne(text_at(of_action, "items[0].actor_tag"), text_at(of_action, "items[1].actor_tag"));
        ck_assert_str_eq(text_at(of_action, "items[1].policy"), "be_kind");
        const char *rows = sql_text("SELECT t::text FROM moderation.audit_entries t");
        const char *const people[] = {story.ann.id, story.mod.id, story.other.id};
        for (size_t i = 0; i < sizeof people / sizeof *people; i++)
                ck_assert(!dump_has(rows, people[i]));
}
END_TEST

static long position_of(const char *resource_id)
{
        return sql_number(
                text("SELECT min(position) FROM moderation.audit_entries WHERE resource_id = '%s'", resource_id));
}

static struct answer verified(struct user admin, long from)
{
        struct answer verdict = get(admin, text(VERIFY, from < 1 ? 1 : from));
        expect_status(verdict, 200);
        return verdict;
}

TEST(the_services_own_role_rewrites_nothing)
{
        static const char *const tries[] = {"UPDATE moderation.audit_entries SET what = 'none' WHERE position = 1",
                "UPDATE moderation.audit_entries SET hash = NULL", "DELETE FROM moderation.audit_entries",
                "DELETE FROM moderation.audit_entries WHERE position = 1", "TRUNCATE moderation.audit_entries"};
        told();
        for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
                ck_assert_str_eq(sql_refusal(text("SET ROLE sfp_moderation; %s", tries[i])), "23000");
                ck_assert_str_eq(sql_refusal(tries[i]), "23000");
        }
}
END_TEST

/* What a superuser does who has put the guards out of the way. */
static void tamper(const char *statement)
{
        sql(text("BEGIN; SET LOCAL session_replication_role = replica; %s; COMMIT", statement));
}

TEST(a_rewritten_entry_is_found)
{
        struct user admin = new_user_as("admin");
        long at = position_of(told().action);
        ck_assert(is_true_at(verified(admin, at), "is_whole"));
        tamper(text("UPDATE moderation.audit_entries SET what = 'none' WHERE position = %ld", at));
        struct answer verdict = verified(admin, at - 2);
        ck_assert(!is_true_at(verdict, "is_whole"));
        ck_assert_int_eq((long)number_at(verdict, "broken_at"), at);
        tamper(text("UPDATE moderation.audit_entries SET what = 'hide' WHERE position = %ld", at));
        ck_assert(is_true_at(verified(admin, at - 2), "is_whole"));
}
END_TEST

TEST(an_entry_with_a_new_hash_does_not_fit_in)
{
        struct user admin = new_user_as("admin");
        long at = position_of(told().action);
        tamper(text(
                "UPDATE moderation.audit_entries SET what = 'none' WHERE position = %ld; UPDATE moderation.audit_entries e"
                " SET hash = moderation.audit_hash(e.previous_hash, e) WHERE position = %ld",
                at, at));
        ck_assert_int_eq((long)number_at(verified(admin, at), "broken_at"), at + 1);
        tamper(text(
                "UPDATE moderation.audit_entries SET what = 'hide' WHERE position = %ld; UPDATE moderation.audit_entries e"
                " SET hash = moderation.audit_hash(e.previous_hash, e) WHERE position = %ld",
                at, at));
        ck_assert(is_true_at(verified(admin, at), "is_whole"));
}
END_TEST

TEST(an_entry_that_was_taken_out_is_missed)
{
        struct user admin = new_user_as("admin");
        long at = position_of(told().action);
        tamper(text("CREATE TABLE moderation.kept AS SELECT * FROM moderation.audit_entries WHERE position = %ld;"
                    " DELETE FROM moderation.audit_entries WHERE position = %ld",
                at, at));
        struct answer verdict = verified(admin, at - 2);
        tamper("INSERT INTO moderation.audit_entries SELECT * FROM moderation.kept; DROP TABLE moderation.kept");
        ck_assert(!is_true_at(verdict, "is_whole"));
        ck_assert_int_eq((long)number_at(verdict, "broken_at"), at + 1);
        ck_assert(is_true_at(verified(admin, at - 2), "is_whole"));
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/desk_audit", NO_FORK, T(everything_the_desk_does_is_on_record),
        T(the_record_names_nobody_and_knows_the_same_moderator_again), T(the_services_own_role_rewrites_nothing),
        T(a_rewritten_entry_is_found), T(an_entry_with_a_new_hash_does_not_fit_in),
        T(an_entry_that_was_taken_out_is_missed))
