/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a share through the gateway, held against the table that the service walks. */
#include "svc-goals/policy.h"
#include "tests/e2e/database.h"
#include "tests/e2e/sharing.h"

#include <string.h>

static const char *transitions_of(const char *share)
{
        return text("%s/transitions", path_of(share));
}

static int version_of(struct user who, const char *share)
{
        return (int)number_at(get(who, transitions_of(share)), "version");
}

static struct answer act(struct user who, const char *share, const char *action, bool is_dry)
{
        return post(who, transitions_of(share),
                text("{\"action\": \"%s\", \"expected_version\": %d, \"dry_run\": %s}", action, version_of(who, share),
                        is_dry ? "true" : "false"));
}

static const char *state_of(struct user who, const char *share)
{
        return text_at(get(who, transitions_of(share)), "state");
}

static void drive(struct user who, const char *share, const char *action, const char *state)
{
        struct answer answer = act(who, share, action, false);
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "state"), state);
}

static bool is_public(const char *share)
{
        struct user bob = new_user();
        bool is_seen = get(bob, path_of(share)).status == 200;
        ck_assert_int_eq(lists(get(bob, "/goal-sharing/?sort=new&limit=50"), share), is_seen);
        return is_seen;
}

TEST(an_owner_hides_a_share_and_it_comes_back_after_a_ruling)
{
        struct user ann = new_user();
        const char *share = shared(ann, "A house");
        drive(ann, share, "hide", "hidden");
        ck_assert(!is_public(share));
        ck_assert_str_eq(text_at(get(ann, path_of(share)), "goal_title"), "A house");
        drive(ann, share, "unhide", "pending_review");
        ck_assert(AWAIT(20, get(new_user(), path_of(share)).status == 200));
        ck_assert_str_eq(text_at(get(new_user(), path_of(share)), "goal_title"), "A house");
        ck_assert_str_eq(state_of(ann, share), "published");
}
END_TEST

TEST(history_says_what_happened_and_as_what_somebody_acted)
{
        struct user ann = new_user();
        const char *share = shared(ann, "A house");
        expect_status(post(ann, transitions_of(share),
                              JSON({"action" : "hide", "reason" : "not for now", "expected_version" : 1})),
                200);
        struct answer answer = get(ann, transitions_of(share));
        ck_assert_int_eq(length_at(answer, "history"), 3);
        ck_assert_str_eq(text_at(answer, "history[0].action"), "hide");
        ck_assert_str_eq(text_at(answer, "history[0].from"), "published");
        ck_assert_str_eq(text_at(answer, "history[0].to"), "hidden");
        ck_assert_str_eq(text_at(answer, "history[0].actor_role"), "owner");
        ck_assert_str_eq(text_at(answer, "history[0].reason"), "not for now");
        ck_assert_str_eq(text_at(answer, "history[1].actor_role"), "sys");
        ck_assert_str_eq(text_at(answer, "history[2].from"), "new");
        ck_assert(!dump_has(sql_dump("goals"), "not for now"));
        ck_assert(!dump_has(sql_dump("goals"), ann.id));
}
END_TEST

/* How often other replicas were told that kept answers about the share are stale. */
static long n_outdated(const char *share)
{
        return sql_number(text("SELECT count(*) FROM goals.outbox WHERE type LIKE '%%.cache.entries.invalidated.%%'"
                               " AND position('share:%s'::bytea IN data) > 0",
                share));
}

TEST(a_dry_run_changes_nothing)
{
        struct user ann = new_user();
        const char *share = shared(ann, "A house");
        struct answer answer = act(ann, share, "withdraw", true);
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "state"), "withdrawn");
        ck_assert_str_eq(text_at(answer, "effects[1]"), "content_is_purged");
        ck_assert_str_eq(state_of(ann, share), "published");
        ck_assert_int_eq(version_of(ann, share), 1);
        ck_assert_int_eq(length_at(get(ann, transitions_of(share)), "history"), 2);
        ck_assert(is_public(share));
        ck_assert_int_eq(n_outdated(share), 0);
        drive(ann, share, "hide", "hidden");
        ck_assert_int_eq(n_outdated(share), 1);
}
END_TEST

TEST(an_illegal_action_says_what_is_allowed)
{
        struct user ann = new_user();
        const char *share = shared(ann, "A house");
        struct answer answer = act(ann, share, "unhide", false);
        expect_problem(answer, 409, "illegal_transition");
        ck_assert_int_eq(length_at(answer, "allowed"), length_at(get(ann, transitions_of(share)), "allowed"));
        ck_assert_str_eq(text_at(answer, "allowed[0]"), "edit");
        expect_problem(act(ann, share, "fly", false), 409, "illegal_transition");
}
END_TEST

TEST(a_version_that_is_not_the_current_one_is_refused)
{
        struct user ann = new_user();
        const char *share = shared(ann, "A house");
        expect_problem(post(ann, transitions_of(share), JSON({"action" : "hide", "expected_version" : 7})), 412,
                "version_mismatch");
        expect_problem(post(ann, transitions_of(share), JSON({"action" : "hide"})), 422, "validation_failed");
        ck_assert(is_public(share));
}
END_TEST

TEST(a_goal_is_completed_at_a_hundred_percent)
{
        struct user ann = new_user();
        const char *share = shared(ann, "A house");
        struct answer refused = act(ann, share, "complete", false);
        expect_problem(refused, 409, "illegal_transition");
        expect_status(patch(ann, path_of(share), JSON({"current_progress_percentage" : 100})), 200);
        drive(ann, share, "complete", "completed");
        ck_assert_str_eq(text_at(get(new_user(), path_of(share)), "status"), "completed");
        expect_problem(patch(ann, path_of(share), JSON({"goal_title" : "A boat"})), 409, "illegal_transition");
        drive(ann, share, "reopen", "published");
}
END_TEST

TEST(a_moderator_removes_and_reinstates)
{
        struct user ann = new_user();
        struct user mod = new_user_as("mod");
        const char *share = shared(ann, "A house");
        drive(mod, share, "remove", "removed");
        ck_assert(!is_public(share));
        ck_assert_str_eq(text_at(get(ann, path_of(share)), "status"), "removed");
        expect_problem(act(ann, share, "reinstate", false), 409, "illegal_transition");
        drive(mod, share, "reinstate", "published");
        ck_assert(is_public(share));
}
END_TEST

TEST(a_moderator_rules_on_what_waits)
{
        struct user ann = new_user();
        struct user mod = new_user_as("mod");
        struct answer held = post(ann, "/goal-sharing/",
                JSON({"goal_category" : "home", "goal_title" : "you should just kill yourself"}));
        expect_status(held, 201);
        const char *share = text_at(held, "id");
        ck_assert_str_eq(text_at(get(ann, transitions_of(share)), "history[0].action"), "hold");
        drive(mod, share, "reject", "draft");
        ck_assert_str_eq(text_at(get(ann, path_of(share)), "goal_title"), "you should just kill yourself");
        expect_status(patch(ann, path_of(share), JSON({"goal_title" : "A quiet house", "submit" : true})), 200);
        ck_assert_str_eq(state_of(ann, share), "published");
        drive(mod, share, "hide", "hidden");
        ck_assert(!is_public(share));
}
END_TEST

TEST(a_stranger_sees_no_history_and_nothing_of_what_is_hidden)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *share = shared(ann, "A house");
        expect_problem(get(bob, transitions_of(share)), 403, "forbidden");
        expect_problem(
                post(bob, transitions_of(share), JSON({"action" : "hide", "expected_version" : 1})), 403, "forbidden");
        drive(ann, share, "hide", "hidden");
        expect_problem(get(bob, transitions_of(share)), 404, "not_found");
        expect_problem(
                post(bob, transitions_of(share), JSON({"action" : "hide", "expected_version" : 2})), 404, "not_found");
        expect_problem(get(nobody, transitions_of(share)), 401, "unauthenticated");
}
END_TEST

TEST(withdrawing_leaves_no_row_and_no_history)
{
        struct user ann = new_user();
        const char *share = shared(ann, "A house");
        drive(ann, share, "withdraw", "withdrawn");
        expect_problem(get(ann, transitions_of(share)), 404, "not_found");
        ck_assert(!dump_has(sql_dump_beside_events("goals"), share));
}
END_TEST

static void age(const char *share, const char *by)
{
        sql(text("UPDATE goals.anonymous_goal_shares SET published_at = published_at - interval '%s',"
                 " new_key = new_key - (extract(epoch FROM interval '%s') * 1000000)::bigint WHERE id = '%s'",
                by, by, share));
        sql(text("UPDATE goals.lifecycle_history SET at = at - interval '%s' WHERE resource_id = '%s'", by, share));
}

TEST(what_nobody_has_touched_for_long_is_archived)
{
        struct user ann = new_user();
        const char *old = shared(ann, "A house");
        const char *liked = shared(ann, "A house");
        const char *young = shared(ann, "A house");
        age(old, "181 days");
        age(liked, "181 days");
        age(young, "179 days");
        expect_status(put(new_user(), reaction_to(liked, "like"), NULL), 200);
        sql("UPDATE goals.jobs SET due_at = now() WHERE kind = 'archive_idle'");
        ck_assert_msg(AWAIT(20, strcmp(state_of(ann, old), "archived") == 0), "it is not archived");
        ck_assert(!is_public(old));
        ck_assert_int_eq(n_outdated(old), 1);
        ck_assert_str_eq(text_at(get(ann, transitions_of(old)), "history[0].actor_role"), "sys");
        ck_assert_str_eq(state_of(ann, liked), "published");
        ck_assert_str_eq(state_of(ann, young), "published");
        drive(ann, old, "unarchive", "pending_review");
        ck_assert(AWAIT(20, strcmp(state_of(ann, old), "published") == 0));
        ck_assert_int_eq(n_outdated(old), 3); /* archived, unarchived, ruled on */
}
END_TEST

/* How to bring a fresh share into each state. */
static const struct {
        const char *state;
        const char *way[2]; /* actions; a moderator's is remove */
} ways[] = {
        {"draft", {NULL}},
        {"published", {NULL}},
        {"hidden", {"hide"}},
        {"archived", {"archive"}},
        {"removed", {"remove"}},
};

static const char *brought_to(int way, struct user ann, struct user mod)
{
        const char *share = strcmp(ways[way].state, "draft") == 0 ? drafted(ann, "A house") : shared(ann, "A house");
        for (int i = 0; i < 2 && ways[way].way[i] != NULL; i++)
                expect_status(
                        act(strcmp(ways[way].way[i], "remove") == 0 ? mod : ann, share, ways[way].way[i], false), 200);
        ck_assert_str_eq(state_of(ann, share), ways[way].state);
        return share;
}

static void expect_as_table(struct user who, const char *actors, const char *share, const char *state)
{
        for (const struct transition *row = share_transitions; row->action != NULL; row++) {
                const struct transition *found = lifecycle_find(share_transitions, state, row->action, actors);
                struct answer answer = act(who, share, row->action, true);
                bool is_legal = found != NULL && found->guard == NULL;
                ck_assert_msg(answer.status == (is_legal ? 200 : 409), "%s -%s(%s): %d %s", state, row->action, actors,
                        answer.status, answer.body);
                if (is_legal && strcmp(found->next, LIFECYCLE_PREVIOUS) != 0)
                        ck_assert_str_eq(text_at(answer, "state"), found->next);
        }
}

TEST(every_action_in_every_state_by_every_actor_goes_as_the_table_says)
{
        struct user ann = new_user();
        struct user mod = new_user_as("mod");
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
                const char *share = brought_to((int)i, ann, mod);
                expect_as_table(ann, "owner", share, ways[i].state);
                expect_as_table(mod, "mod", share, ways[i].state);
        }
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/transition", NO_FORK,
        T(an_owner_hides_a_share_and_it_comes_back_after_a_ruling),
        T(history_says_what_happened_and_as_what_somebody_acted), T(a_dry_run_changes_nothing),
        T(an_illegal_action_says_what_is_allowed), T(a_version_that_is_not_the_current_one_is_refused),
        T(a_goal_is_completed_at_a_hundred_percent), T(a_moderator_removes_and_reinstates),
        T(a_moderator_rules_on_what_waits), T(a_stranger_sees_no_history_and_nothing_of_what_is_hidden),
        T(withdrawing_leaves_no_row_and_no_history), T(what_nobody_has_touched_for_long_is_archived),
        T(every_action_in_every_state_by_every_actor_goes_as_the_table_says))
