/* SPDX-License-Identifier: Apache-2.0 */
/* What the service knows of a person. Whoever leaves the platform leaves their matches first; what the other side has
 * of them stays theirs, with nobody's name on it. */
#include "common/personal.h"

#include "common/db.h"
#include "common/preview.h"
#include "svc-mentor/locks.h"
#include "svc-mentor/mentor_states.h"
#include "svc-mentor/separation.h"

#include <string.h>

static const char SQL_EXPORT_MENTOR[] =
        "SELECT row_to_json(t) FROM (SELECT id, status, is_verified_mentor, expertise_areas, specializations, languages, styles,"
        " max_mentees, hourly_rate, currency, trial_days, mentor_rating, total_reviews, time_zone, min_notice_hours,"
        " buffer_minutes FROM mentor_profiles WHERE user_id = $1) t";
static const char SQL_EXPORT_MENTEE[] =
        "SELECT row_to_json(t) FROM (SELECT focus_areas, languages, styles, top_criterion, must_have, time_zone, anonymous_level"
        " FROM mentee_profiles WHERE user_id = $1) t";
static const char SQL_EXPORT_MATCHES[] =
        "SELECT row_to_json(t) FROM (SELECT id, CASE WHEN mentor_user_id = $1 THEN 'mentor' ELSE 'mentee' END AS role,"
        " mentorship_type, status, focus_areas, planned_duration_weeks, compatibility_score, sessions_completed, goals_achieved,"
        " began_at, ends_on FROM mentorship_matches WHERE mentor_user_id = $1 OR mentee_user_id = $1) t";
static const char SQL_EXPORT_SESSIONS[] =
        "SELECT row_to_json(t) FROM (SELECT s.id, s.match_id, s.title, s.session_number, s.scheduled_start_time,"
        " s.planned_minutes, s.agenda, s.topics_covered, s.status FROM mentorship_sessions s"
        " JOIN mentorship_matches m ON m.id = s.match_id WHERE m.mentor_user_id = $1 OR m.mentee_user_id = $1) t";
static const char SQL_EXPORT_REVIEWS[] =
        "SELECT row_to_json(t) FROM (SELECT match_id, rating, text, status, created_at FROM mentor_reviews"
        " WHERE author_user_id = $1) t";
static const char SQL_ERASE_REVIEWS[] =
        "UPDATE mentor_reviews SET author_user_id = NULL, text = NULL, private_note = NULL WHERE author_user_id = $1";
static const char SQL_ANONYMIZE_REVIEWS[] =
        "UPDATE mentor_reviews SET author_user_id = NULL, private_note = NULL WHERE author_user_id = $1";
static const char SQL_SHARED[] = "SELECT count(*) AS items, NULL::timestamptz AS last_at FROM mentor_profiles"
                                 " WHERE user_id = $1 AND status = 'listed'";
/* Whose it is the match alone says: in front of the matches. */
#define FEEDBACK_OF                                                                                                    \
        " FROM mentorship_sessions s JOIN mentorship_matches m ON m.id = s.match_id WHERE s.id = f.session_id"         \
        " AND CASE f.side WHEN 'mentor' THEN m.mentor_user_id ELSE m.mentee_user_id END = $1"
static const char SQL_EXPORT_FEEDBACK[] =
        "SELECT row_to_json(t) FROM (SELECT f.session_id, f.rating, f.helpful, f.created_at FROM session_feedback f"
        " WHERE EXISTS (SELECT" FEEDBACK_OF ")) t";
static const char SQL_ERASE_FEEDBACK[] = "UPDATE session_feedback f SET text = NULL" FEEDBACK_OF;
static const char SQL_ERASE_MENTEE[] = "DELETE FROM mentee_profiles WHERE user_id = $1";
static const char SQL_ERASE_HOLDS[] = "DELETE FROM session_holds WHERE user_id = $1";
/* Steps and events that follow speak of nobody. */
static const char SQL_FORGET_MATCHES[] =
        "UPDATE mentorship_matches SET mentor_user_id = CASE WHEN mentor_user_id = $1 THEN NULL ELSE mentor_user_id END,"
        " message = CASE WHEN mentee_user_id = $1 THEN NULL ELSE message END,"
        " mentee_user_id = CASE WHEN mentee_user_id = $1 THEN NULL ELSE mentee_user_id END"
        " WHERE mentor_user_id = $1 OR mentee_user_id = $1 RETURNING id";
static const char SQL_FORGET_MENTOR[] =
        "UPDATE mentor_profiles SET user_id = NULL, specializations = '{}' WHERE user_id = $1 RETURNING id";

static status forget_matches(struct call *call, const char *user_id, const char *mode, int64_t *rows)
{
        (void)mode;
        Mentor__IdList under_way = MENTOR__ID_LIST__INIT, forgotten = MENTOR__ID_LIST__INIT;
        TRY(lock_person(call, user_id, &under_way));
        TRY(db_rows(call, &forgotten.base, "items", SQL_FORGET_MATCHES, user_id));
        *rows += (int64_t)forgotten.n_items;
        return matches_break(call, &under_way);
}

static status forget_mentor(struct call *call, const char *user_id, const char *mode, int64_t *rows)
{
        (void)mode;
        Mentor__Id profile = MENTOR__ID__INIT;
        struct lifecycle_subject mentor;
        status found = db_one(call, &profile.base, SQL_FORGET_MENTOR, user_id);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(found);
        *rows += 1;
        found = mentor_load_own(call, profile.id, &mentor);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(found);
        return mentor_step(call, &mentor, "sys", "withdraw");
}

const struct personal_table mentor_personal[] = {
        {"mentorship_feedback", SQL_EXPORT_FEEDBACK, SQL_ERASE_FEEDBACK},
        {"mentorship_sessions", SQL_EXPORT_SESSIONS, SQL_ERASE_HOLDS},
        {"mentorship_matches", SQL_EXPORT_MATCHES, .erase = forget_matches},
        {"mentor_profile", SQL_EXPORT_MENTOR, .erase = forget_mentor, .feature = "mentorship",
                .sql_shared = SQL_SHARED},
        {"mentor_reviews", SQL_EXPORT_REVIEWS, SQL_ERASE_REVIEWS, SQL_ANONYMIZE_REVIEWS},
        {"mentee_profile", SQL_EXPORT_MENTEE, SQL_ERASE_MENTEE},
        {0},
};

const struct preview_kind mentor_previews[] = {
        {.resource = "mentor_profile",
                .is_single = true,
                .sql_ids = "SELECT id FROM mentor_profiles WHERE user_id = $1 AND status <> 'withdrawn'",
                .method = "sfp.mentor.Mentor.GetMentor",
                .id_field = "mentor_profile_id",
                .content_kind = "mentor_profile"},
        {0},
};
