/* SPDX-License-Identifier: Apache-2.0 */
/* A queue that is full loses nothing: what is urgent enters all the same, the rest waits for room in its order. And who
 * is given a case, and whose reports count. */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"

#include <string.h>

#define LIE "There is a secret government account in your name which pays all of your debts"

/* As many cases as there is room for, of things that nobody made. */
static void fill_queue(void)
{
        sql("INSERT INTO moderation.cases (id, object_type, object_id, category, severity, state, priority_key)"
            " SELECT gen_random_uuid(), 'forum_post', gen_random_uuid(), 'filler', 3, 'queued', 0"
            " FROM generate_series(1, 1000)");
}

static void make_room(void)
{
        sql("DELETE FROM moderation.cases WHERE category = 'filler'");
}

static void end(void)
{
        make_room();
        scene_end();
}

static const char *state_of_case_of(const char *post)
{
        return sql_text(text("SELECT state FROM moderation.cases WHERE object_id = '%s'", post));
}

static const char *report_state(struct user who, const char *report)
{
        return text_at(get(who, text("/moderation/reports/%s", report)), "state");
}

static bool is_queued(const char *post)
{
        return strcmp(state_of_case_of(post), "queued") == 0;
}

TEST(what_finds_no_room_waits_and_enters_when_there_is)
{
        struct user bob = new_user(), mod = new_user_as("mod");
        const char *answer = posted(new_user(), topic(new_user()));
        fill_queue();
        const char *report = reported(bob, "forum_post", answer, "spam");
        ck_assert_str_eq(state_of_case_of(answer), "open");
        ck_assert_str_eq(report_state(bob, report), "linked");
        ck_assert_str_eq(report_state(mod, report), "open");
        ck_assert_str_eq(text_at(get(mod, "/moderation/queue?state=open&sort=new"), "items[0].object_id"), answer);
        expect_status(get(new_user(), post_path(answer)), 200);
        make_room();
        ck_assert_msg(AWAIT(30, is_queued(answer)), "it does not enter");
        ck_assert_str_eq(report_state(mod, report), "linked");
        const char *action = ruled(mod, case_of(mod, "forum_post", answer), "hide", "");
        ck_assert_str_eq(text_at(get(mod, text("/moderation/actions/%s", action)), "found_by"), "report");
        ck_assert_str_eq(report_state(bob, report), "upheld");
}
END_TEST

TEST(what_is_urgent_enters_a_full_queue)
{
        const char *cry = posted(new_user(), topic(new_user())), *scam = posted(new_user(), topic(new_user()));
        fill_queue();
        reported(new_user(), "forum_post", cry, "self_harm");
        reported(new_user(), "forum_post", scam, "financial_scam");
        ck_assert(is_queued(cry) && is_queued(scam));
}
END_TEST

TEST(what_grows_urgent_while_it_waits_enters)
{
        const char *answer = posted(new_user(), topic(new_user()));
        fill_queue();
        reported(new_user(), "forum_post", answer, "spam");
        ck_assert(!is_queued(answer));
        reported(new_user(), "forum_post", answer, "financial_scam");
        ck_assert(is_queued(answer));
}
END_TEST

TEST(a_report_can_be_taken_back_while_it_waits_for_room)
{
        struct user bob = new_user();
        const char *answer = posted(new_user(), topic(new_user()));
        fill_queue();
        const char *report = reported(bob, "forum_post", answer, "spam");
        expect_status(del(bob, text("/moderation/reports/%s", report)), 200);
        ck_assert_str_eq(report_state(bob, report), "withdrawn");
        ck_assert_str_eq(state_of_case_of(answer), "closed");
}
END_TEST

TEST(something_mild_that_a_machine_is_unsure_of_is_seen_while_the_queue_is_full)
{
        struct user bob = new_user();
        const char *place = topic(new_user());
        fill_queue();
        struct answer mild = post(bob, posts_path(place), "{\"content\": \"" LIE "\"}");
        struct answer harsh =
                post(bob, posts_path(place), JSON({"content" : "You are a worthless idiot and everybody hates you"}));
        expect_status(mild, 202);
        expect_status(harsh, 202);
        const char *path = post_path(text_at(mild, "id"));
        ck_assert_msg(AWAIT(30, get(new_user(), path).status == 200), "it is not seen");
        ck_assert_str_eq(state_of_case_of(text_at(mild, "id")), "open");
        ck_assert(AWAIT(30, *state_of_case_of(text_at(harsh, "id")) != '\0'));
        expect_status(get(new_user(), post_path(text_at(harsh, "id"))), 404);
        make_room();
        struct user mod = new_user_as("mod");
        ruled(mod, case_of(mod, "forum_post", text_at(mild, "id")), "remove", "");
        ck_assert_msg(AWAIT(30, get(new_user(), path).status == 404), "it is still there");
}
END_TEST

/* Somebody whose reports were wrong ten times of ten. */
static struct user muted(void)
{
        struct user bob = new_user();
        sql(text("INSERT INTO moderation.reporters (user_id, upheld, dismissed) VALUES ('%s', 0, 10)", bob.id));
        return bob;
}

TEST(who_is_muted_counts_for_nothing_and_is_not_told)
{
        struct user bob = muted(), ann = new_user();
        const char *one = posted(new_user(), topic(new_user())), *other = posted(new_user(), topic(new_user()));
        const char *report = reported(bob, "forum_post", one, "financial_scam");
        const char *honest = reported(ann, "forum_post", other, "financial_scam");
        ck_assert_str_eq(report_state(bob, report), report_state(ann, honest));
        ck_assert_int_eq(length_at(get(bob, "/moderation/reports?state=linked"), "items"), 1);
        ck_assert_int_eq(length_at(get(bob, "/moderation/reports?state=open"), "items"), 0);
        ck_assert(!is_queued(one) && is_queued(other));
        ck_assert_int_eq(sql_number(text("SELECT weight FROM moderation.reports WHERE id = '%s'", report)), 0);
        reported(ann, "forum_post", one, "spam");
        ck_assert_msg(AWAIT(30, is_queued(one)), "an honest report does not count beside it");
}
END_TEST

TEST(a_cry_for_help_is_heard_from_anybody)
{
        const char *answer = posted(new_user(), topic(new_user()));
        reported(muted(), "forum_post", answer, "self_harm");
        ck_assert(is_queued(answer));
}
END_TEST

TEST(nobody_rules_across_a_block)
{
        struct member mod = new_member_as("mod"), ann = new_member();
        struct user other = new_user_as("mod");
        const char *answer = posted(ann.user, topic(new_user()));
        reported(new_user(), "forum_post", answer, "spam");
        const char *id = case_of(other, "forum_post", answer);
        sql(text("UPDATE moderation.cases SET category = 'across_a_block' WHERE id = '%s'", id));
        expect_status(get(mod.user, case_path(id, "/transitions")), 200);
        expect_status(relate(ann.user, mod, JSON({"blocked" : true})), 200);
        ck_assert_msg(AWAIT(30, get(mod.user, case_path(id, "/transitions")).status == 403), "they may still rule");
        const char *next = JSON({"category" : "across_a_block"});
        expect_problem(post(mod.user, "/moderation/queue/claims", next), 404, "not_found");
        const char *action = ruled(other, id, "hide", "");
        const char *appeal = appealed(ann.user, action);
        expect_problem(step_appeal(mod.user, appeal, "claim"), 403, "forbidden");
}
END_TEST

TEST(who_reported_does_not_decide_the_appeal)
{
        struct user ann = new_user(), mod = new_user_as("mod"), reporter = new_user_as("mod");
        const char *answer = posted(ann, topic(new_user()));
        reported(reporter, "forum_post", answer, "spam");
        const char *appeal = appealed(ann, ruled(mod, case_of(mod, "forum_post", answer), "hide", ""));
        expect_problem(step_appeal(reporter, appeal, "claim"), 403, "forbidden");
}
END_TEST

TEST(a_claim_that_runs_out_returns_to_the_queue)
{
        struct user mod = new_user_as("mod");
        const char *answer = posted(new_user(), topic(new_user()));
        reported(new_user(), "forum_post", answer, "spam");
        const char *id = case_of(mod, "forum_post", answer);
        expect_status(step_case(mod, id, "claim"), 200);
        fill_queue();
        sql(text("UPDATE moderation.jobs SET due_at = now() WHERE kind = 'case_lease' AND key = '%s'", id));
        ck_assert_msg(AWAIT(30, is_queued(answer)), "it is lost");
        expect_problem(post(mod, case_path(id, "/actions"),
                               JSON({"action_taken" : "none", "reason" : "Nothing is wrong with it."})),
                409, "illegal_transition");
}
END_TEST

static void expire_reports(void)
{
        sql("UPDATE moderation.jobs SET due_at = now() WHERE kind = 'expire_reports'");
}

static void grow_old(const char *report)
{
        sql(text("UPDATE moderation.reports SET created_at = created_at - interval '91 days' WHERE id = '%s'", report));
}

TEST(what_waited_for_room_for_ninety_days_expires_and_its_case_is_closed)
{
        struct user bob = new_user(), ann = new_user();
        const char *one = posted(new_user(), topic(new_user())), *other = posted(new_user(), topic(new_user()));
        const char *given = reported(bob, "forum_post", one, "spam");
        case_of(new_user_as("mod"), "forum_post", one);
        fill_queue();
        const char *waiting = reported(bob, "forum_post", other, "spam");
        const char *recent = reported(ann, "forum_post", other, "harassment");
        grow_old(given);
        grow_old(waiting);
        expire_reports();
        ck_assert_msg(AWAIT(30, strcmp(report_state(bob, waiting), "expired") == 0), "it does not expire");
        ck_assert_str_eq(report_state(bob, given), "linked");
        ck_assert_str_eq(state_of_case_of(other), "open");
        grow_old(recent);
        expire_reports();
        ck_assert_msg(AWAIT(30, strcmp(state_of_case_of(other), "closed") == 0), "its case is not closed");
        ck_assert_int_eq(
                sql_number(text("SELECT count(texts_sealed) FROM moderation.cases WHERE object_id = '%s'", other)), 0);
        ck_assert_str_eq(report_state(ann, recent), "expired");
        expect_problem(del(ann, text("/moderation/reports/%s", recent)), 409, "illegal_transition");
}
END_TEST

SUITE_WITH(scene_begin, end, "e2e/queue", NO_FORK, T(what_finds_no_room_waits_and_enters_when_there_is),
        T(what_is_urgent_enters_a_full_queue), T(what_grows_urgent_while_it_waits_enters),
        T(a_report_can_be_taken_back_while_it_waits_for_room),
        T(something_mild_that_a_machine_is_unsure_of_is_seen_while_the_queue_is_full),
        T(who_is_muted_counts_for_nothing_and_is_not_told), T(a_cry_for_help_is_heard_from_anybody),
        T(nobody_rules_across_a_block), T(who_reported_does_not_decide_the_appeal),
        T(a_claim_that_runs_out_returns_to_the_queue),
        T(what_waited_for_room_for_ninety_days_expires_and_its_case_is_closed))
