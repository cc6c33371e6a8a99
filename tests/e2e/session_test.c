/* SPDX-License-Identifier: Apache-2.0 */
/* Two meet: a time is found, held, kept and remembered. */
#include "tests/e2e/database.h"
#include "tests/e2e/mentoring.h"
#include "tests/e2e/saving.h"
#include "tests/e2e/sharing.h"
#include "tests/e2e/twins.h"

#include <string.h>

#define NOWHERE "0b5f6f0e-6c3c-4a55-9d3e-00000000dead"

static const char *const json_headers[] = {"Content-Type: application/json", NULL};

/* What the mentor proposes to the mentee. */
static const char *proposed(struct user mentor, const char *match, double hours)
{
        struct answer answer = post(mentor, match_place(match, "sessions"), session_body(in_hours(hours)));
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "status"), "proposed");
        return text_at(answer, "id");
}

static struct answer move(struct user who, const char *session, const char *action, const char *start)
{
        const char *transitions = text("%s/transitions", session_path(session));
        return post(who, transitions,
                text("{\"action\": \"%s\", \"expected_version\": %d, \"new_start\": \"%s\"}", action,
                        (int)number_at(get(who, transitions), "version"), start));
}

static const char *status_of(struct user who, const char *session)
{
        return text_at(get(who, session_path(session)), "status");
}

/* A session that is being held. */
static const char *begun(struct user mentor, struct user mentee, const char *match)
{
        const char *session = booked(mentee, match, 30);
        let_minutes_pass(session, 30 * 60 - 5);
        lead_to(mentor, session_path(session), "start", "in_progress");
        return session;
}

TEST(a_mentee_books_what_is_free)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = matched(ann, bob);
        struct answer answer = post(bob, match_place(match, "sessions"), session_body(in_hours(48)));
        expect_status(answer, 201);
        const char *session = text_at(answer, "id");
        ck_assert_str_eq(text_at(answer, "status"), "scheduled");
        ck_assert_int_eq(number_at(answer, "session_number"), 1);
        ck_assert_str_eq(text_at(answer, "agenda[0]"), "Where we are");
        ck_assert(has(answer, "join_ref"));
        ck_assert(lists(get(ann, "/mentorship/sessions?status=scheduled"), session));
        ck_assert(!lists(get(ann, text("/mentorship/sessions?from=%s", in_hours(72))), session));
        ck_assert_int_eq(events_of("mentor", "mentorship.session.scheduled", match), 1);
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM mentor.jobs WHERE kind = 'remind_session' AND key LIKE '%s %%'",
                        session)),
                2);
        expect_problem(get(new_user(), session_path(session)), 404, "not_found");
        expect_problem(get(bob, session_path(NOWHERE)), 404, "not_found");
        expect_problem(take_action(new_user(), session_path(session), "cancel", false), 404, "not_found");
}
END_TEST

TEST(what_is_no_session_is_refused)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = requested(bob, registered(ann, 1)), *place = match_place(match, "sessions");
        expect_problem(post(bob, place, session_body(in_hours(48))), 409, "illegal_transition");
        lead_to(ann, match_path(match), "accept", "active");
        struct answer answer = post(bob, place, session_body(in_hours(-1)));
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "scheduled_start_time");
        expect_problem(post(bob, place, session_body("tomorrow")), 422, "validation_failed");
        expect_problem(post(bob, place, "{}"), 422, "validation_failed");
        expect_problem(post(new_user(), place, session_body(in_hours(48))), 404, "not_found");
        expect_problem(post(bob, match_place(NOWHERE, "sessions"), session_body(in_hours(48))), 404, "not_found");
}
END_TEST

TEST(nobody_is_in_two_places)
{
        struct user ann = new_user(), bob = new_user(), cleo = new_user(), dan = new_user();
        const char *match = matched(ann, bob), *other = requested(cleo, text_at(get(ann, mentor_path("me")), "id"));
        lead_to(ann, match_path(other), "accept", "active");
        const char *third = matched(dan, bob);
        booked(bob, match, 50);
        expect_problem(post(cleo, match_place(other, "sessions"), session_body(in_hours(50))), 409, "slot_taken");
        expect_problem(post(ann, match_place(other, "sessions"), session_body(in_hours(49.5))), 409, "slot_taken");
        expect_problem(post(dan, match_place(third, "sessions"), session_body(in_hours(50.1))), 409, "slot_taken");
        const char *proposal = proposed(dan, third, 60);
        expect_problem(post(bob, match_place(match, "sessions"), session_body(in_hours(60))), 409, "slot_taken");
        lead_to(bob, session_path(proposal), "decline", "cancelled");
        expect_status(post(bob, match_place(match, "sessions"), session_body(in_hours(60))), 201);
        const char *day = in_hours(49), *next = in_hours(52);
        struct answer slots = get(cleo, text("/mentorship/mentors/%s/slots?from=%s&to=%s&duration_minutes=15",
                                                text_at(get(ann, mentor_path("me")), "id"), day, next));
        expect_status(slots, 200);
        for (int i = 0; i < length_at(slots, "items"); i++)
                ck_assert_int_eq(
                        sql_number(text("SELECT count(*) FROM mentor.session_holds WHERE user_id = '%s' AND during &&"
                                        " tstzrange('%s', '%s')",
                                ann.id, text_at(slots, text("items[%d].start", i)),
                                text_at(slots, text("items[%d].end", i)))),
                        0);
}
END_TEST

TEST(a_time_is_given_to_one_of_those_who_want_it)
{
        enum { CROWD = 6 };
        struct user ann = new_user();
        const char *mentor = registered(ann, CROWD);
        struct request requests[CROWD];
        int statuses[CROWD];
        const char *body = session_body(in_hours(40));
        for (int i = 0; i < CROWD; i++) {
                struct user mentee = new_user();
                const char *match = requested(mentee, mentor);
                lead_to(ann, match_path(match), "accept", "active");
                requests[i] = (struct request){.verb = "POST",
                        .path = match_place(match, "sessions"),
                        .user = mentee,
                        .body = body,
                        .size = strlen(body),
                        .headers = json_headers};
        }
        ask_at_once(CROWD, requests, statuses);
        ck_assert_int_eq(count_status(CROWD, statuses, 201), 1);
        ck_assert_int_eq(count_status(CROWD, statuses, 409), CROWD - 1);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM mentor.session_holds WHERE user_id = '%s'", ann.id)), 1);
}
END_TEST

TEST(what_is_proposed_the_other_side_answers)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = matched(ann, bob), *session = proposed(ann, match, 48);
        ck_assert(!has(get(bob, session_path(session)), "session_number"));
        expect_problem(take_action(ann, session_path(session), "accept", false), 409, "illegal_transition");
        expect_problem(move(ann, session, "counter", in_hours(50)), 409, "illegal_transition");
        struct answer answer = move(bob, session, "counter", in_hours(50));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "state"), "proposed");
        ck_assert_str_eq(text_at(get(ann, session_path(session)), "proposed_by"), "mentee");
        expect_problem(take_action(bob, session_path(session), "accept", false), 409, "illegal_transition");
        lead_to(ann, session_path(session), "accept", "scheduled");
        ck_assert_int_eq(number_at(get(bob, session_path(session)), "session_number"), 1);
        expect_status(post(bob, match_place(match, "sessions"), session_body(in_hours(48))), 201); /* free again */
        expect_problem(take_action(ann, session_path(session), "counter", false), 422, "validation_failed");
        ck_assert_int_eq(events_of("mentor", "mentorship.session.rescheduled", match), 1);
}
END_TEST

TEST(a_session_is_moved_and_cancelled_in_time_or_late)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = matched(ann, bob), *session = booked(bob, match, 30);
        expect_status(move(ann, session, "reschedule", in_hours(60)), 200);
        ck_assert_str_eq(status_of(bob, session), "proposed");
        expect_problem(move(bob, session, "counter", in_hours(-2)), 422, "validation_failed");
        lead_to(bob, session_path(session), "accept", "scheduled");
        ck_assert_int_eq(number_at(get(bob, session_path(session)), "session_number"), 1);
        lead_to(bob, session_path(session), "cancel", "cancelled");
        const char *late = booked(bob, match, 30);
        let_minutes_pass(late, 28 * 60);
        expect_problem(move(ann, late, "reschedule", in_hours(70)), 409, "illegal_transition");
        lead_to(bob, session_path(late), "cancel", "late_cancelled");
        ck_assert_str_eq(text_at(get(ann, session_path(late)), "at_fault"), "mentee");
        ck_assert_int_eq(number_at(get(ann, session_path(late)), "session_number"), 2);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM mentor.session_holds WHERE user_id = '%s'", bob.id)), 0);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM mentor.jobs WHERE key LIKE '%s %%'", late)), 0);
}
END_TEST

TEST(a_session_is_held_counted_and_rated)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = matched(ann, bob), *session = booked(bob, match, 30);
        expect_problem(take_action(ann, session_path(session), "start", false), 409, "illegal_transition");
        const char *feedback = text("%s/feedback", session_path(session));
        expect_problem(post(bob, feedback, JSON({"rating" : 5})), 409, "conflict");
        let_minutes_pass(session, 30 * 60 - 5);
        lead_to(ann, session_path(session), "start", "in_progress");
        let_minutes_pass(session, 42);
        lead_to(bob, session_path(session), "finish", "completed");
        ck_assert_int_eq(number_at(get(bob, session_path(session)), "actual_duration_minutes"), 42);
        ck_assert_int_eq(number_at(get(bob, match_path(match)), "sessions_completed"), 1);
        expect_problem(take_action(ann, session_path(session), "finish", false), 409, "illegal_transition");
        struct answer answer =
                post(bob, feedback, JSON({"rating" : 5, "helpful" : ["clarity"], "text" : "Very quillwort."}));
        expect_status(answer, 201);
        ck_assert(!is_true_at(answer, "is_revealed"));
        ck_assert_int_eq(number_at(get(bob, session_path(session)), "mentee_session_rating"), 5);
        ck_assert(!has(get(ann, session_path(session)), "mentee_session_rating"));
        expect_problem(post(bob, feedback, JSON({"rating" : 4})), 409, "already_exists");
        expect_problem(post(bob, feedback, JSON({"rating" : 0})), 422, "validation_failed");
        expect_problem(post(new_user(), feedback, JSON({"rating" : 4})), 404, "not_found");
        ck_assert(is_true_at(post(ann, feedback, JSON({"rating" : 3})), "is_revealed"));
        ck_assert_int_eq(number_at(get(ann, session_path(session)), "mentee_session_rating"), 5);
        ck_assert_int_eq(number_at(get(ann, match_place(match, "progress")), "satisfaction"), 4);
        ck_assert(!dump_has(sql_dump("mentor"), "Very quillwort"));
        ck_assert_int_eq(events_of("mentor", "mentorship.session.feedback_given", match), 2);
}
END_TEST

TEST(who_does_not_come_is_said_to_be_absent)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = matched(ann, bob), *session = booked(bob, match, 30);
        let_minutes_pass(session, 30 * 60 + 5);
        expect_problem(take_action(ann, session_path(session), "report_no_show", false), 409, "illegal_transition");
        let_minutes_pass(session, 6);
        lead_to(ann, session_path(session), "report_no_show", "no_show");
        ck_assert_str_eq(text_at(get(bob, session_path(session)), "at_fault"), "mentee");
        ck_assert_int_eq(number_at(get(bob, match_path(match)), "sessions_completed"), 0);
}
END_TEST

TEST(what_nobody_ends_ends_by_itself)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = matched(ann, bob);
        const char *forgotten = proposed(ann, match, 100), *missed = booked(bob, match, 70),
                   *open = begun(ann, bob, match);
        sql(text("UPDATE mentor.mentorship_sessions SET proposed_at = now() - interval '49 hours' WHERE id = '%s'",
                forgotten));
        let_minutes_pass(missed, 70 * 60 + 25 * 60);
        let_minutes_pass(open, 3 * 60);
        run_job("sweep_sessions");
        ck_assert(AWAIT(20, strcmp(status_of(bob, open), "completed") == 0));
        ck_assert_str_eq(status_of(bob, forgotten), "expired");
        ck_assert_str_eq(status_of(bob, missed), "expired");
        ck_assert_int_eq(number_at(get(bob, match_path(match)), "sessions_completed"), 1);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM mentor.session_holds WHERE user_id = '%s'", bob.id)), 0);
}
END_TEST

TEST(both_are_reminded)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = matched(ann, bob), *session = booked(bob, match, 30);
        sql(text("UPDATE mentor.jobs SET due_at = now() WHERE kind = 'remind_session' AND key = '%s a'", session));
        ck_assert(AWAIT(20, events_of("mentor", "mentorship.session.reminder_due", match) == 1));
}
END_TEST

TEST(notes_are_cleaned_and_items_have_a_state)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = matched(ann, bob), *session = booked(bob, match, 30);
        struct answer answer = patch(ann, session_path(session), JSON({
                "topics_covered" : [ "Debt", "mail me@example.com" ],
                "action_items" : [
                        {"text" : "List all debts", "owner" : "mentee", "due_on" : "2037-01-01"},
                        {"text" : "Send the sheet", "owner" : "mentor", "state" : "done"}
                ]
        }));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "topics_covered[1]"), "mail [email 1]");
        ck_assert_str_eq(text_at(answer, "action_items[0].state"), "open");
        ck_assert_str_eq(text_at(answer, "action_items[1].owner"), "mentor");
        ck_assert_str_eq(text_at(get(bob, session_path(session)), "action_items[0].text"), "List all debts");
        answer = get(bob, match_place(match, "progress"));
        ck_assert_int_eq(number_at(answer, "action_items_open"), 1);
        ck_assert_int_eq(number_at(answer, "action_items_done"), 1);
        ck_assert_int_eq(number_at(answer, "sessions_ahead"), 1);
        expect_problem(patch(ann, session_path(session), JSON({"action_items" : [ {"text" : "x", "owner" : "dog"} ]})),
                422, "validation_failed");
        expect_problem(patch(ann, session_path(session), JSON({"title" : "you should just kill yourself"})), 422,
                "content_blocked");
        expect_problem(patch(new_user(), session_path(session), JSON({"title" : "Mine now"})), 404, "not_found");
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/session", NO_FORK, T(a_mentee_books_what_is_free),
        T(what_is_no_session_is_refused), T(nobody_is_in_two_places), T(a_time_is_given_to_one_of_those_who_want_it),
        T(what_is_proposed_the_other_side_answers), T(a_session_is_moved_and_cancelled_in_time_or_late),
        T(a_session_is_held_counted_and_rated), T(who_does_not_come_is_said_to_be_absent),
        T(what_nobody_ends_ends_by_itself), T(both_are_reminded), T(notes_are_cleaned_and_items_have_a_state))
