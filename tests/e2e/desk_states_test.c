/* SPDX-License-Identifier: Apache-2.0 */
/* Every state of a case, a report and an appeal, every action, everybody: what is not promised is refused, with the
 * right code. And of many at the same moment one wins. */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/twins.h"

#include <string.h>

enum { RACERS = 8 };

/* What is promised to a role in a state; everything else is refused with what the role is refused with. */
struct promise {
        const char *state, *action, *role, *next;
};

struct role {
        const char *name;
        struct user user;
        int refusal; /* the status of what it may not do */
};

static const struct promise *promised(
        const struct promise *promises, const char *state, const char *action, const char *role)
{
        for (; promises->state != NULL; promises++)
                if (strcmp(promises->state, state) == 0 && strcmp(promises->action, action) == 0 &&
                        strcmp(promises->role, role) == 0)
                        return promises;
        return NULL;
}

static const char *code_of(int status)
{
        return status == 409 ? "illegal_transition" : status == 403 ? "forbidden" : "not_found";
}

/* A rehearsal: what it says would happen, and nothing does. */
static void expect_step(const char *path, const struct promise *promises, const struct role *role, const char *state,
        const char *action, long version)
{
        const struct promise *promise = promised(promises, state, action, role->name);
        struct answer answer = post(role->user, path,
                text("{\"action\": \"%s\", \"expected_version\": %ld, \"dry_run\": true%s}", action, version,
                        strstr(path, "/appeals/") == NULL ? "" : ", \"decision_text\": \"We have looked at it.\""));
        int expected = promise == NULL ? role->refusal : 200;
        ck_assert_msg(answer.status == expected, "%s -%s(%s): %d, not %d: %s", state, action, role->name, answer.status,
                expected, answer.body);
        ck_assert_str_eq(text_at(answer, promise == NULL ? "code" : "state"),
                promise == NULL ? code_of(expected) : promise->next);
}

static const struct promise case_promises[] = {
        {"queued", "claim", "mod", "claimed"},
        {"queued", "claim", "other", "claimed"},
        {"queued", "claim", "admin", "claimed"},
        {"escalated", "claim", "admin", "claimed"},
        {"claimed", "release", "other", "queued"},
        {"claimed", "escalate", "other", "escalated"},
        {"resolved", "reopen", "admin", "queued"},
        {NULL},
};

/* Whatever its state was; `holder` has the claim while it is claimed. Without weight it waits for room for ever. */
static void put_case(const char *id, const char *state, struct user holder)
{
        sql(text(
                "UPDATE moderation.cases SET weight = 0, state = '%s', claimed_by = CASE WHEN '%s' = 'claimed' THEN '%s'::uuid END,"
                " lease_until = CASE WHEN '%s' = 'claimed' THEN now() + interval '1 hour' END WHERE id = '%s'",
                state, state, holder.id, state, id));
}

static long version_of(const char *table, const char *id)
{
        return sql_number(text("SELECT version FROM moderation.%s WHERE id = '%s'", table, id));
}

/* Ruling is the holder's alone, and a step like others. */
static void expect_ruling(const char *id, const struct role *role, const char *state)
{
        struct answer answer = post(role->user, case_path(id, "/actions"), JSON({
                "action_taken" : "hide",
                "reason" : "It breaks rule number one.",
                "rule_id" : "be_kind",
                "dry_run" : true
        }));
        bool is_holder = strcmp(state, "claimed") == 0 && strcmp(role->name, "other") == 0;
        int expected = is_holder ? 200 : strcmp(role->name, "user") == 0 ? 403 : 409;
        ck_assert_msg(answer.status == expected, "ruling in %s by %s: %d, not %d", state, role->name, answer.status,
                expected);
}

TEST(a_case_obeys_those_it_is_for)
{
        static const char *const states[] = {
                "open", "queued", "claimed", "escalated", "resolved", "under_appeal", "closed"};
        static const char *const actions[] = {"open", "auto_action", "enqueue", "claim", "release", "lease_expire",
                "escalate", "resolve", "appeal", "decided", "withdrawn", "window_end", "reopen", "lapse", "fly"};
        struct user author = new_user_as("mod"), reporter = new_user_as("mod"), other = new_user_as("mod"),
                    earlier = new_user_as("mod");
        const struct role roles[] = {{"user", new_user(), 403}, {"author", author, 403}, {"reporter", reporter, 403},
                {"earlier", earlier, 403}, {"mod", new_user_as("mod"), 409}, {"other", other, 409},
                {"admin", new_user_as("admin"), 409}};
        const char *answer = posted(author, topic(new_user()));
        reported(new_user(), "forum_post", answer, "spam");
        ruled(earlier, case_of(earlier, "forum_post", answer), "label", "");
        reported(reporter, "forum_post", answer, "spam");
        const char *id = case_of(other, "forum_post", answer);
        for (size_t s = 0; s < sizeof states / sizeof *states; s++) {
                put_case(id, states[s], other);
                long version = version_of("cases", id);
                for (size_t r = 0; r < sizeof roles / sizeof *roles; r++) {
                        for (size_t a = 0; a < sizeof actions / sizeof *actions; a++)
                                expect_step(case_path(id, "/transitions"), case_promises, &roles[r], states[s],
                                        actions[a], version);
                        expect_ruling(id, &roles[r], states[s]);
                }
        }
}
END_TEST

TEST(a_report_obeys_its_reporter_while_it_waits)
{
        static const struct {
                const char *state;
                int status;
        } expected[] = {{"open", 200}, {"linked", 200}, {"upheld", 409}, {"dismissed", 409}, {"withdrawn", 409},
                {"expired", 409}};
        struct user bob = new_user();
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
                const char *report = reported(bob, "forum_post", posted(new_user(), topic(new_user())), "spam");
                const char *path = text("/moderation/reports/%s", report);
                sql(text("UPDATE moderation.reports SET state = '%s' WHERE id = '%s'", expected[i].state, report));
                sql(text("UPDATE moderation.cases SET reports_count = 0 FROM moderation.reports r WHERE r.id = '%s'"
                         " AND r.case_id = cases.id AND r.state = 'withdrawn'",
                        report));
                expect_problem(del(new_user(), path), 404, "not_found");
                expect_problem(del(new_user_as("mod"), path), 404, "not_found");
                expect_problem(del(nobody, path), 401, "unauthenticated");
                expect_status(del(bob, path), expected[i].status);
        }
}
END_TEST

static const struct promise appeal_promises[] = {
        {"submitted", "claim", "mod", "under_review"},
        {"submitted", "claim", "reviewer", "under_review"},
        {"submitted", "claim", "admin", "under_review"},
        {"submitted", "withdraw", "affected", "withdrawn"},
        {"under_review", "ask", "reviewer", "info_requested"},
        {"info_requested", "answer", "affected", "under_review"},
        {"under_review", "grant", "reviewer", "granted"},
        {"under_review", "grant_partly", "reviewer", "partially_granted"},
        {"under_review", "deny", "reviewer", "denied"},
        {NULL},
};

/* An action against somebody by `mod`, and the appeal of it. */
static const char *appeal_of(struct user ann, struct user mod)
{
        const char *answer = posted(ann, topic(new_user()));
        reported(new_user(), "forum_post", answer, "spam");
        return appealed(ann, ruled(mod, case_of(mod, "forum_post", answer), "hide", ""));
}

static void put_appeal(const char *id, const char *state, struct user reviewer)
{
        sql(text("UPDATE moderation.appeals SET state = '%s', reviewer_user_id = CASE WHEN '%s' NOT IN ('submitted',"
                 " 'withdrawn') THEN '%s'::uuid END WHERE id = '%s'",
                state, state, reviewer.id, id));
}

TEST(an_appeal_obeys_those_it_is_for)
{
        static const char *const states[] = {
                "submitted", "under_review", "info_requested", "granted", "partially_granted", "denied", "withdrawn"};
        static const char *const actions[] = {
                "submit", "claim", "withdraw", "ask", "answer", "expire", "grant", "grant_partly", "deny", "fly"};
        struct user ann = new_user(), mod = new_user_as("mod"), reviewer = new_user_as("mod");
        const struct role roles[] = {{"stranger", new_user(), 404}, {"affected", ann, 409}, {"original", mod, 403},
                {"mod", new_user_as("mod"), 409}, {"reviewer", reviewer, 409}, {"admin", new_user_as("admin"), 409}};
        const char *id = appeal_of(ann, mod);
        for (size_t s = 0; s < sizeof states / sizeof *states; s++) {
                put_appeal(id, states[s], reviewer);
                long version = version_of("appeals", id);
                for (size_t r = 0; r < sizeof roles / sizeof *roles; r++)
                        for (size_t a = 0; a < sizeof actions / sizeof *actions; a++)
                                expect_step(text("/moderation/appeals/%s/transitions", id), appeal_promises, &roles[r],
                                        states[s], actions[a], version);
        }
}
END_TEST

TEST(nobody_decides_about_their_own_action_even_by_hand)
{
        struct user ann = new_user(), mod = new_user_as("mod"), other = new_user_as("mod");
        const char *id = appeal_of(ann, mod);
        const char *set = "UPDATE moderation.appeals SET %s WHERE id = '%s'";
        const char *const refused[] = {text("reviewer_user_id = '%s'", mod.id), text("reviewer_user_id = '%s'", ann.id),
                text("reviewer_user_id = '%s', state = 'granted', original_user_id = NULL", mod.id),
                text("reviewer_user_id = '%s', original_user_id = '%s'", mod.id, other.id), "state = 'granted'",
                "state = 'denied'"};
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
                ck_assert_msg(
                        strcmp(sql_refusal(text(set, refused[i], id)), "23514") == 0, "%s is not refused", refused[i]);
        ck_assert_str_eq(
                sql_refusal(text("UPDATE moderation.actions a SET moderator_user_id = '%s' FROM moderation.appeals p"
                                 " WHERE p.id = '%s' AND a.id = p.action_id",
                        other.id, id)),
                "23514");
        ck_assert_str_eq(
                sql_refusal(text("INSERT INTO moderation.appeals (id, action_id, original_user_id, reviewer_user_id,"
                                 " state) SELECT gen_random_uuid(), action_id, NULL, '%s', 'granted'"
                                 " FROM moderation.appeals WHERE id = '%s'",
                        mod.id, id)),
                "23514");
        ck_assert_str_eq(sql_refusal(text(set, text("reviewer_user_id = '%s'", other.id), id)), "");
}
END_TEST

static struct request posting(struct user who, const char *path, const char *body)
{
        return (struct request){.verb = "POST", .path = path, .user = who, .body = body, .size = strlen(body)};
}

TEST(of_many_who_take_the_next_case_one_gets_it)
{
        struct request requests[RACERS];
        int statuses[RACERS];
        const char *answer = posted(new_user(), topic(new_user()));
        reported(new_user(), "forum_post", answer, "spam");
        const char *id = case_of(new_user_as("mod"), "forum_post", answer);
        sql(text("UPDATE moderation.cases SET category = 'race' WHERE id = '%s'", id));
        for (int i = 0; i < RACERS; i++)
                requests[i] = posting(new_user_as("mod"), "/moderation/queue/claims", JSON({"category" : "race"}));
        ask_at_once(RACERS, requests, statuses);
        ck_assert_int_eq(count_status(RACERS, statuses, 201), 1);
        ck_assert_int_eq(count_status(RACERS, statuses, 404), RACERS - 1);
}
END_TEST

TEST(of_many_rulings_one_holds)
{
        struct request requests[RACERS];
        int statuses[RACERS];
        struct user mod = new_user_as("mod"), bob = new_user();
        const char *answer = posted(new_user(), topic(new_user()));
        reported(bob, "forum_post", answer, "spam");
        const char *id = case_of(mod, "forum_post", answer);
        expect_status(step_case(mod, id, "claim"), 200);
        for (int i = 0; i < RACERS; i++)
                requests[i] = posting(mod, case_path(id, "/actions"),
                        i % 2 == 0 ? JSON({
                                "action_taken" : "hide",
                                "reason" : "It breaks rule number one.",
                                "rule_id" : "be_kind"
                        })
                                   : JSON({"action_taken" : "none", "reason" : "Nothing is wrong with it."}));
        ask_at_once(RACERS, requests, statuses);
        ck_assert_int_eq(count_status(RACERS, statuses, 201), 1);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM moderation.actions WHERE case_id = '%s'", id)), 1);
        ck_assert_int_eq(
                sql_number(text("SELECT upheld + dismissed FROM moderation.reporters WHERE user_id = '%s'", bob.id)),
                1);
}
END_TEST

TEST(of_many_who_take_an_appeal_one_gets_it)
{
        struct request requests[RACERS];
        int statuses[RACERS];
        struct user ann = new_user(), mod = new_user_as("mod");
        const char *id = appeal_of(ann, mod);
        for (int i = 0; i < RACERS; i++)
                requests[i] = posting(i == 0 ? mod : new_user_as("mod"), text("/moderation/appeals/%s/transitions", id),
                        JSON({"action" : "claim", "expected_version" : 1}));
        ask_at_once(RACERS, requests, statuses);
        ck_assert_int_eq(count_status(RACERS, statuses, 200), 1);
        ck_assert_int_eq(statuses[0], 403);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/desk_states", NO_FORK, T(a_case_obeys_those_it_is_for),
        T(a_report_obeys_its_reporter_while_it_waits), T(an_appeal_obeys_those_it_is_for),
        T(nobody_decides_about_their_own_action_even_by_hand), T(of_many_who_take_the_next_case_one_gets_it),
        T(of_many_rulings_one_holds), T(of_many_who_take_an_appeal_one_gets_it))
