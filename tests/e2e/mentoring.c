/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/mentoring.h"

#include "common/clock.h"
#include "tests/e2e/database.h"
#include "tests/e2e/member.h"
#include "tests/e2e/saving.h"

const char *registered(struct user mentor, int max_mentees)
{
        struct answer answer = post(mentor, "/mentorship/mentors",
                text("{\"expertise_areas\": [\"budget\"], \"languages\": [\"en\"], \"max_mentees\": %d}", max_mentees));
        expect_status(answer, 201);
        expect_status(put(mentor, "/mentorship/mentors/me/availability",
                              "{\"time_zone\": \"UTC\", \"min_notice_hours\": 0, \"weekly\": ["
                              "{\"day\": 1, \"start\": \"00:00\", \"end\": \"24:00\"},"
                              "{\"day\": 2, \"start\": \"00:00\", \"end\": \"24:00\"},"
                              "{\"day\": 3, \"start\": \"00:00\", \"end\": \"24:00\"},"
                              "{\"day\": 4, \"start\": \"00:00\", \"end\": \"24:00\"},"
                              "{\"day\": 5, \"start\": \"00:00\", \"end\": \"24:00\"},"
                              "{\"day\": 6, \"start\": \"00:00\", \"end\": \"24:00\"},"
                              "{\"day\": 7, \"start\": \"00:00\", \"end\": \"24:00\"}]}"),
                200);
        return text_at(answer, "id");
}

const char *mentor_path(const char *mentor)
{
        return text("/mentorship/mentors/%s", mentor);
}

const char *mentor_place(const char *mentor, const char *place)
{
        return text("/mentorship/mentors/%s/%s", mentor, place);
}

struct answer ask_mentor(struct user mentee, const char *mentor, const char *more)
{
        return post(mentee, "/mentorship/matches", text("{\"mentor_profile_id\": \"%s\"%s}", mentor, more));
}

const char *requested(struct user mentee, const char *mentor)
{
        struct answer answer = ask_mentor(mentee, mentor, "");
        expect_status(answer, 201);
        return text_at(answer, "id");
}

const char *match_path(const char *match)
{
        return text("/mentorship/matches/%s", match);
}

const char *match_place(const char *match, const char *place)
{
        return text("/mentorship/matches/%s/%s", match, place);
}

const char *matched(struct user mentor, struct user mentee)
{
        const char *match = requested(mentee, registered(mentor, 3));
        lead_to(mentor, match_path(match), "accept", "active");
        return match;
}

const char *in_hours(double hours)
{
        char *start = arena_alloc(scene_arena(), CLOCK_RFC3339_SIZE);
        clock_rfc3339((clock_unix_us() / 1000000 + (int64_t)(hours * 3600)) * 1000000, start);
        return start;
}

const char *session_body(const char *start)
{
        return text("{\"title\": \"First steps\", \"scheduled_start_time\": \"%s\", \"agenda\": [\"Where we are\"]}",
                start);
}

const char *session_path(const char *session)
{
        return text("/mentorship/sessions/%s", session);
}

const char *booked(struct user mentee, const char *match, double hours)
{
        struct answer answer = post(mentee, match_place(match, "sessions"),
                text("{\"title\": \"First steps\", \"scheduled_start_time\": \"%s\", \"planned_minutes\": 15}",
                        in_hours(hours)));
        expect_status(answer, 201);
        return text_at(answer, "id");
}

void let_minutes_pass(const char *session, int minutes)
{
        sql(text(
                "UPDATE mentor.mentorship_sessions SET scheduled_start_time = scheduled_start_time - %d * interval '1 minute',"
                " started_at = started_at - %d * interval '1 minute', ended_at = ended_at - %d * interval '1 minute',"
                " proposed_at = proposed_at - %d * interval '1 minute' WHERE id = '%s'",
                minutes, minutes, minutes, minutes, session));
}

void run_job(const char *kind)
{
        sql(text("UPDATE mentor.jobs SET due_at = now() WHERE kind = '%s'", kind));
}
