/* SPDX-License-Identifier: Apache-2.0 */
/* The long story: thirty people, everything they do together, each of the eight services killed once on the way, and
 * one who leaves without a trace. Its tests are chapters, and each goes on where the one before ended. With
 * SFP_STORY=aloud it is told in words (`./sfp demo`). */
#include "tests/e2e/story.h"

#include "common/uuid.h"
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/mentoring.h"
#include "tests/e2e/months.h"
#include "tests/e2e/saving.h"
#include "tests/e2e/sharing.h"

#include <string.h>

enum { FOLLOWERS = 5, INSPIRED = 6, SAVERS = 4, COMPARED = 12, MONTHS = 23 };

static struct {
        const char *question; /* Ann's */
        const char *answer;   /* Ben's */
        const char *post;     /* Ann's, in the feed */
} told;

static struct user user_of(int who)
{
        return people[who].user;
}

static bool is_there(struct user who, const char *path)
{
        return get(who, path).status == 200;
}

TEST(thirty_people_arrive)
{
        story_goes_on();
        for (int i = 0; i < PEOPLE; i++) {
                if (i == PEOPLE / 3)
                        dies("svc-anonymize");
                struct answer answer = does(user_of(i), "POST", "/initialize-profile",
                        text("{\"display_name\": \"%s\", \"time_zone\": \"Europe/Berlin\"}", people[i].name));
                people[i].profile_id = text_at(answer, "profile.id");
        }
        for (int i = 1; i <= FOLLOWERS; i++)
                does(user_of(i), "PUT", text("/profiles/%s/relationship", people[ANN].profile_id),
                        JSON({"following" : true}));
        static const char *const consents[] = {"goal_sharing", "mentor_requests"};
        for (int i = 0; i < PEOPLE; i++)
                for (size_t c = 0; c < 2; c++)
                        does(user_of(i), "PUT", text("/privacy/consents/%s", consents[c]),
                                JSON({"given" : true, "text_version" : "2026-11-1"}));
        struct answer ann = sees(user_of(BEN), text("/profiles/%s", people[ANN].profile_id));
        ck_assert(is_true_at(ann, "relationship.following"));
        tell("%d people have made a profile, nothing of which is public; %d follow Ann", PEOPLE, FOLLOWERS);
        chapter_is_told();
}
END_TEST

TEST(goals_are_shared_and_inspire)
{
        story_goes_on();
        const char *body = JSON({
                "goal_category" : "home",
                "goal_title" : "A house by the sea",
                "goal_description" : "Write to me at ann@example.com",
                "target_amount" : 12000000,
                "currency" : "EUR",
                "submit" : true
        });
        struct answer shared = does(user_of(ANN), "POST", "/goal-sharing/", body);
        const char *share = text_at(shared, "id");
        ck_assert_ptr_null(strstr(shared.body, "ann@example.com"));
        tell("Ann shares a goal: \"%s\". What she wrote of herself reads \"%s\"", text_at(shared, "goal_title"),
                text_at(shared, "goal_description"));
        listens(ANN);
        dies("svc-goals");
        for (int i = 1; i <= INSPIRED; i++)
                does(user_of(i), "PUT", reaction_to(share, "inspiration"), NULL);
        ck_assert_int_eq(number_at(sees(user_of(BEN), path_of(share)), "inspiration_votes"), INSPIRED);
        tell("%d others are inspired by it, each counted once", INSPIRED);
        hears_again(ANN, "new_inspiration_on_goal", INSPIRED);
        chapter_is_told();
}
END_TEST

TEST(a_question_finds_its_answer)
{
        char name[UUID_SIZE];
        story_goes_on();
        uuid_v4(name);
        const char *place = text_at(
                does(staff("admin"), "POST", "/community/categories", text("{\"name\": \"Houses %.8s\"}", name)), "id");
        told.question =
                text_at(does(user_of(ANN), "POST", "/community/topics",
                                text("{\"category_id\": \"%s\", \"title\": \"How do you save for a house?\"}", place)),
                        "id");
        tell("Ann asks in the forum: \"How do you save for a house?\"");
        dies("svc-forum");
        does(user_of(CLEO), "POST", posts_path(told.question), JSON({"content" : "I do not, I rent."}));
        told.answer = text_at(does(user_of(BEN), "POST", posts_path(told.question),
                                      JSON({"content" : "Put something aside every week."})),
                "id");
        does(user_of(ANN), "PUT", text("%s/reactions/helpful", post_path(told.answer)), NULL);
        does(user_of(ANN), "PUT", text("%s/best-answer", topic_path(told.question)),
                text("{\"post_id\": \"%s\"}", told.answer));
        struct answer topic = sees(user_of(DAN), topic_path(told.question));
        ck_assert(is_true_at(topic, "is_solved"));
        ck_assert_int_eq(number_at(topic, "posts_count"), 2);
        tell("Cleo and Ben answer; Ann accepts what Ben says, and the topic is solved");
        chapter_is_told();
}
END_TEST

static const char *savers_group(void)
{
        const char *group = text_at(does(user_of(BEN), "POST", "/groups/", JSON({
                "title" : "A boat for all",
                "goal_type" : "other",
                "target_amount" : 100000,
                "visibility" : "open"
        })),
                "id");
        steps(user_of(BEN), group_path(group), "open");
        for (int i = 0; i < SAVERS; i++)
                if (i != BEN)
                        does(user_of(i), "POST", group_place(group, "participants"), "{}");
        ck_assert_str_eq(text_at(steps(user_of(BEN), group_path(group), "activate"), "state"), "active");
        return group;
}

TEST(a_group_saves_and_celebrates)
{
        story_goes_on();
        const char *group = savers_group(), *money = JSON({"amount" : 10000, "currency" : "USD"});
        tell("Ben founds a savings group of %d with a target of USD 1000.00", SAVERS);
        listens(BEN);
        dies("svc-groups");
        does(user_of(ANN), "POST", group_place(group, "contributions"), money);
        does(user_of(CLEO), "POST", group_place(group, "contributions"), money);
        struct answer paid = does(user_of(DAN), "POST", group_place(group, "contributions"), money);
        ck_assert_int_eq(number_at(sees(user_of(BEN), group_path(group)), "current_amount"), 30000);
        tell("Ann, Cleo and Dan pay in USD 100.00 each: %s holds USD 300.00, a quarter is reached", "the group");
        const char *quarter = text_at(paid, "milestones_reached[0]");
        struct answer praise =
                does(user_of(BEN), "POST", group_place(group, text("milestones/%s/celebrations", quarter)),
                        JSON({"kind" : "thanks", "message" : "Well done, all of you"}));
        ck_assert_str_eq(text_at(praise, "status"), "published");
        tell("Ben celebrates: \"%s\"", text_at(praise, "message"));
        hears(BEN, "group_goal_milestone_reached");
        chapter_is_told();
}
END_TEST

TEST(a_mentor_is_found_and_a_session_booked)
{
        story_goes_on();
        struct user gwen = user_of(GWEN), ann = user_of(ANN);
        const char *mentor = registered(gwen, 3);
        dies("svc-mentor");
        const char *match = text_at(
                does(ann, "POST", "/mentorship/matches", text("{\"mentor_profile_id\": \"%s\"}", mentor)), "id");
        ck_assert_str_eq(text_at(steps(gwen, match_path(match), "accept"), "state"), "active");
        tell("Ann asks Gwen, who knows about budgets, to be her mentor; Gwen accepts");
        listens(GWEN);
        struct answer session = does(ann, "POST", match_place(match, "sessions"), session_body(in_hours(48)));
        ck_assert_str_eq(text_at(session, "status"), "scheduled");
        tell("Ann books a session: \"%s\", %s", text_at(session, "title"), text_at(session, "scheduled_start_time"));
        hears(GWEN, "mentorship_session_scheduled");
        chapter_is_told();
}
END_TEST

/* The earliest month for which figures may still be given that was not closed. */
static const char *open_month(void)
{
        const char *month = sql_text(
                text("SELECT coalesce((SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC')"
                     " - make_interval(months => ago), 'YYYY-MM') AS period FROM generate_series(1, %d) ago"
                     " WHERE to_char(date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => ago),"
                     " 'YYYY-MM') NOT IN (SELECT period FROM peers.released_periods) ORDER BY ago DESC LIMIT 1), '')",
                        MONTHS));
        ck_assert_msg(*month != '\0', "every month has been closed here");
        return month;
}

TEST(twelve_compare_themselves)
{
        story_goes_on();
        const char *period = open_month();
        for (int i = 0; i < COMPARED; i++)
                does(user_of(i), "PUT", "/profile/demographics", JSON({
                        "birth_year" : 1984,
                        "annual_income" : 8200000,
                        "currency" : "USD",
                        "region" : "California"
                }));
        dies("svc-peers");
        for (int i = 0; i < COMPARED; i++)
                does(user_of(i), "PUT", "/peer-comparison/metrics",
                        text("{\"savings_rate\": %d, \"emergency_fund_months\": 3, \"as_of\": \"%s-15\"}", i * 5 - 10,
                                period));
        crowd("Pacific", period, 12, ENOUGH);
        tell("%d of them say how much they saved in %s, as %d others have", COMPARED, period, ENOUGH);
        listens(EVE);
        struct answer closed = close_month(period);
        ck_assert_int_ge(number_at(closed, "n_released"), 1);
        hears(EVE, "peer_comparison_updated");
        for (int i = 0; i < COMPARED; i++) {
                struct answer answer = sees(user_of(i), "/peer-comparison/");
                ck_assert_str_eq(text_at(answer, "status"), "ok");
                ck_assert_str_eq(text_at(answer, "period"), period);
        }
        struct answer hers = sees(user_of(EVE), "/peer-comparison/");
        tell("The month is closed. Eve is compared with people of %s, %s, %s: about %.0f of them",
                text_at(hers, "cohort_age_group"), text_at(hers, "cohort_income_range"), text_at(hers, "cohort_region"),
                number_at(hers, "cohort_size"));
        chapter_is_told();
}
END_TEST

TEST(what_was_removed_comes_back_on_appeal)
{
        story_goes_on();
        struct user hugo = user_of(HUGO), ida = user_of(IDA), mod = staff("mod"), other = staff("mod");
        const char *body = JSON({"goal_category" : "travel", "goal_title" : "Around the world", "submit" : true});
        const char *share = text_at(does(hugo, "POST", "/goal-sharing/", body), "id");
        dies("svc-moderation");
        does(ida, "POST", "/moderation/reports",
                text("{\"object_type\": \"goal_share\", \"object_id\": \"%s\", \"reason\": \"spam\"}", share));
        const char *action = ruled(mod, case_of(mod, "goal_share", share), "remove", "");
        ck_assert_msg(AWAIT(PATIENCE_S, !is_there(ida, path_of(share))), "it is still there");
        tell("Ida reports a goal of Hugo's; a moderator removes it, and nobody finds it any more");
        const char *appeal = appealed(hugo, action);
        ck_assert_int_ne(step_appeal(mod, appeal, "claim").status, 200);
        expect_status(step_appeal(other, appeal, "claim"), 200);
        expect_status(step_appeal(other, appeal, "grant"), 200);
        ck_assert_msg(AWAIT(PATIENCE_S, is_there(ida, path_of(share))), "it does not come back");
        struct answer decided = sees(hugo, text("/moderation/appeals/%s", appeal));
        tell("Hugo appeals. Another moderator decides, \"%s\" (%s), and it is back", text_at(decided, "decision_text"),
                text_at(decided, "state"));
        chapter_is_told();
}
END_TEST

TEST(a_challenge_begins)
{
        static const int takers[] = {ANN, DAN, FINN};
        story_goes_on();
        struct user admin = staff("admin");
        const char *id = text_at(does(admin, "POST", "/community/challenges",
                                         text("{\"title\": \"A month of saving\", \"metric\": \"check_in_days\","
                                              " \"target\": 1, \"starts_at\": \"%s\", \"ends_at\": \"%s\"}",
                                                 in_hours(48), in_hours(96))),
                "id");
        const char *path = text("/community/challenges/%s", id);
        for (size_t i = 0; i < sizeof takers / sizeof *takers; i++)
                does(user_of(takers[i]), "PUT", text("%s/participation", path), JSON({"public_on_leaderboard" : true}));
        listens(FINN);
        does(admin, "PATCH", path, JSON({"status" : "running"}));
        hears(FINN, "community_challenge_started");
        struct answer day = does(user_of(FINN), "POST", text("%s/check-ins", path), "{}");
        ck_assert(is_true_at(day, "is_reached"));
        struct answer board = sees(user_of(ANN), text("/community/leaderboards/challenge:%s", id));
        tell("A challenge begins with Ann, Dan and Finn; Finn checks in and leads its board with %.0f",
                number_at(board, "items[0].score"));
        chapter_is_told();
}
END_TEST

static bool was_told(int who, const char *type)
{
        struct answer answer = get(user_of(who), text("/notifications?types=%s", type));
        return answer.status == 200 && length_at(answer, "items") > 0;
}

static bool follows_in_feed(int who, const char *activity)
{
        struct answer feed = get(user_of(who), "/feed/?mode=following&limit=50");
        return feed.status == 200 && is_listed(feed, activity);
}

/* Is there an activity made of this thing in the feed of all? */
static bool feed_has(int who, const char *type, const char *object)
{
        const char *cursor = "";
        for (int page = 0; page < 20; page++) {
                struct answer feed = get(user_of(who), text("/feed/?types=%s&limit=50%s", type, cursor));
                if (feed.status != 200 || strstr(feed.body, object) != NULL)
                        return feed.status == 200;
                if (!has(feed, "next_cursor"))
                        return false;
                cursor = text("&cursor=%s", text_at(feed, "next_cursor"));
        }
        return false;
}

TEST(feed_and_notifications_have_it_all)
{
        static const struct {
                int who;
                const char *type;
        } notices[] = {{ANN, "new_inspiration_on_goal"}, {ANN, "reply_posted"}, {BEN, "answer_accepted"},
                {BEN, "group_goal_milestone_reached"}, {GWEN, "mentorship_session_scheduled"},
                {EVE, "peer_comparison_updated"}, {HUGO, "moderation_action"}, {FINN, "community_challenge_started"}};
        story_goes_on();
        dies("svc-feed");
        told.post =
                text_at(does(user_of(ANN), "POST", "/feed/activities",
                                JSON({"type" : "milestone", "text" : "Half way there", "visibility" : "community"})),
                        "id");
        does(user_of(BEN), "PUT", text("/feed/activities/%s/reactions/celebrate", told.post), NULL);
        for (int i = 1; i <= FOLLOWERS; i++)
                ck_assert_msg(AWAIT(PATIENCE_S, follows_in_feed(i, told.post)), "%s misses it", people[i].name);
        tell("Ann tells her feed \"Half way there\": all who follow her see it, and Ben celebrates it");
        ck_assert_msg(AWAIT(PATIENCE_S, feed_has(IDA, "topic_created", told.question)), "no topic in the feed");
        for (size_t i = 0; i < sizeof notices / sizeof *notices; i++) {
                ck_assert_msg(AWAIT(PATIENCE_S, was_told(notices[i].who, notices[i].type)), "%s has no %s",
                        people[notices[i].who].name, notices[i].type);
                tell("%s finds a notification: %s", people[notices[i].who].name, notices[i].type);
        }
        ck_assert_int_gt(number_at(sees(user_of(ANN), "/notifications/unread-count"), "unread"), 0);
        all_eight_are_back();
        tell("Each of the eight services has died once, and all are back");
        chapter_is_told();
}
END_TEST

static bool is_completed(const char *job)
{
        struct answer answer = get(user_of(ANN), job);
        return answer.status == 200 && strcmp(text_at(answer, "state"), "completed") == 0;
}

TEST(one_leaves_without_a_trace)
{
        static const char *const schemas[] = {
                "anonymize", "feed", "forum", "goals", "groups", "mentor", "moderation", "peers"};
        static const size_t n_schemas = sizeof schemas / sizeof *schemas;
        story_goes_on();
        for (size_t i = 0; i < n_schemas; i++)
                if (strcmp(schemas[i], "moderation") != 0) /* she has done nothing there */
                        ck_assert_msg(dump_has(sql_dump_beside_events(schemas[i]), user_of(ANN).id),
                                "%s does not know her", schemas[i]);
        struct answer answer =
                does(user_of(ANN), "DELETE", "/profile?confirm=true&mode=delete&cooling_off=false", NULL);
        const char *job = text("/privacy/jobs/%s", text_at(answer, "job_id"));
        ck_assert_msg(AWAIT(PATIENCE_S, is_completed(job)), "%s", get(user_of(ANN), job).body);
        struct answer receipt = sees(user_of(ANN), job);
        ck_assert_int_eq(length_at(receipt, "receipt.services"), (int)n_schemas);
        for (size_t i = 0; i < n_schemas; i++)
                ck_assert(has(receipt, text("receipt.services[%zu].confirmed_at", i)));
        for (size_t i = 0; i < n_schemas; i++)
                ck_assert_msg(!dump_has(sql_dump_beside_events(schemas[i]), user_of(ANN).id), "a trace is left in %s",
                        schemas[i]);
        expect_status(get(user_of(BEN), text("/profiles/%s", people[ANN].profile_id)), 404);
        ck_assert(!is_there(user_of(BEN), text("/feed/activities/%s", told.post)));
        tell("Ann deletes her profile: %d services confirm it, and no table of theirs knows her any more",
                length_at(receipt, "receipt.services"));
        chapter_is_told();
}
END_TEST

static bool adds_up(struct user ops)
{
        struct answer answer = get(ops, "/status/consistency");
        return answer.status == 200 && is_true_at(answer, "complete") && length_at(answer, "drifted") == 0;
}

TEST(in_the_end_everything_adds_up)
{
        story_goes_on();
        struct user ops = staff("ops");
        ck_assert_msg(AWAIT(PATIENCE_S, adds_up(ops)), "%s", get(ops, "/status/consistency").body);
        tell("All counters are what they count: %.0f were looked at",
                number_at(sees(ops, "/status/consistency"), "checked"));
        chapter_is_told();
}
END_TEST

SUITE_WITH(NULL, NULL, "e2e/story", NO_FORK, T(thirty_people_arrive), T(goals_are_shared_and_inspire),
        T(a_question_finds_its_answer), T(a_group_saves_and_celebrates), T(a_mentor_is_found_and_a_session_booked),
        T(twelve_compare_themselves), T(what_was_removed_comes_back_on_appeal), T(a_challenge_begins),
        T(feed_and_notifications_have_it_all), T(one_leaves_without_a_trace), T(in_the_end_everything_adds_up))
