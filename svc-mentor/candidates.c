/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/candidates.h"

#include "common/db.h"
#include "svc-mentor/mentor_columns.h"

#include <string.h>

static const char SQL_SEEKER[] =
        "SELECT focus_areas, languages, styles, top_criterion, must_have, time_zone, anonymous_level, version"
        " FROM mentee_profiles WHERE user_id = $1";

/* Expertise counts a need the more, the fewer mentors have it. Hours are those of the coming week that lie between 8
 * and 22 on the mentee's wall; three make it whole. Who asks for no language or style in particular is content with
 * any. */
static const char SQL_CANDIDATES[] =
        "WITH seeker AS (SELECT $2::text[] AS languages, $3::text[] AS styles, $4::text AS time_zone),"
        " listed AS (SELECT count(*)::float8 AS number FROM mentor_profiles WHERE status = 'listed'),"
        " tags AS (SELECT f.tag, ln(1 + listed.number / (1 + (SELECT count(*) FROM mentor_profiles m WHERE m.status = 'listed'"
        "   AND m.expertise_areas @> ARRAY[f.tag]))) AS idf FROM listed CROSS JOIN unnest($5::text[]) f (tag))"
        " SELECT t.id, coalesce((SELECT sum(idf) FILTER (WHERE tag = ANY (t.expertise_areas)) / nullif(sum(idf), 0) FROM tags), 0)"
        "  AS expertise,"
        " coalesce((SELECT avg((tag = ANY (t.specializations))::integer)::float8 FROM tags), 0) AS goal_fit,"
        " CASE WHEN cardinality(s.languages) = 0 THEN 1 ELSE (t.languages && s.languages)::integer END::float8 AS language,"
        " least(1, coalesce((SELECT sum(extract(epoch FROM greatest(interval '0', least(l.closes, l.day + interval '22 hours')"
        "   - greatest(l.opens, l.day + interval '8 hours')))) / 10800 FROM (SELECT w.opens AT TIME ZONE s.time_zone AS opens,"
        "   w.closes AT TIME ZONE s.time_zone AS closes, date_trunc('day', w.opens AT TIME ZONE s.time_zone) AS day"
        "   FROM mentor_windows(t.id, now(), now() + interval '6 days') w) l), 0))::float8 AS schedule,"
        " CASE WHEN cardinality(s.styles) = 0 THEN 1 ELSE (SELECT count(*) FROM unnest(s.styles) x WHERE x = ANY (t.styles))"
        "  / cardinality(s.styles)::float8 END::float8 AS style,"
        " (t.max_mentees - t.live_matches)::float8 / t.max_mentees AS capacity, t.is_verified_mentor AS is_verified"
        " FROM mentor_profiles t CROSS JOIN seeker s WHERE CASE WHEN $6::uuid IS NULL THEN"
        "  t.user_id <> $1::uuid AND t.live_matches < t.max_mentees AND " MENTOR_IS_LISTED(
                "$1") " ELSE t.id = $6 END ORDER BY expertise DESC, t.id LIMIT 200";

status seeker_load(struct call *call, const char *user_id, Mentor__MenteeProfile *out)
{
        status found = db_one(call, &out->base, SQL_SEEKER, user_id);
        if (found != STATUS_NOT_FOUND)
                return found;
        out->time_zone = (char *)(size_t) "UTC";
        out->anonymous_level = (char *)(size_t) "none";
        out->has_version = 1;
        return STATUS_OK;
}

status candidates_load(struct call *call, const char *user_id, const Mentor__MenteeProfile *seeker,
        const char *mentor_id, size_t n_focus, char *const *focus, Mentor__CandidateRowList *out)
{
        if (n_focus == 0) {
                n_focus = seeker->n_focus_areas;
                focus = seeker->focus_areas;
        }
        return db_rows(call, &out->base, "items", SQL_CANDIDATES, user_id,
                db_texts(seeker->n_languages, seeker->languages), db_texts(seeker->n_styles, seeker->styles),
                seeker->time_zone, db_texts(n_focus, focus), mentor_id);
}

struct compatibility candidate_score(const Mentor__CandidateRow *candidate, const char *top)
{
        const double values[CRITERIA] = {
                [EXPERTISE] = candidate->expertise,
                [GOAL_FIT] = candidate->goal_fit,
                [LANGUAGE] = candidate->language,
                [SCHEDULE] = candidate->schedule,
                [STYLE] = candidate->style,
                [CAPACITY] = candidate->capacity,
        };
        return compatibility_of(values, top);
}

static bool has(const Mentor__CandidateRow *candidate, const char *need)
{
        if (strcmp(need, "verified") == 0)
                return candidate->is_verified;
        if (strcmp(need, "expertise") == 0)
                return candidate->expertise > 0;
        if (strcmp(need, "language") == 0)
                return candidate->language > 0;
        return strcmp(need, "schedule") == 0 ? candidate->schedule > 0 : candidate->style > 0;
}

bool candidate_has(const Mentor__CandidateRow *candidate, size_t n_must, char *const *must)
{
        for (size_t i = 0; i < n_must; i++)
                if (!has(candidate, must[i]))
                        return false;
        return true;
}
