/* SPDX-License-Identifier: Apache-2.0 */
/* What a mentee looks for, and who fits. */
#include "common/db.h"
#include "common/rpc.h"
#include "svc-mentor/candidates.h"
#include "svc-mentor/mentor_columns.h"
#include "svc-mentor/time_zone.h"

#include <stdlib.h>
#include <string.h>

#define RECOMMENDATION_RPCS(RPC)                                                                                       \
        RPC(GetMenteeProfile, get_mentee_profile, Sfp__Empty, Mentor__MenteeProfile)                                   \
        RPC(PutMenteeProfile, put_mentee_profile, Mentor__PutMenteeProfileRequest, Mentor__MenteeProfile)              \
        RPC(ListRecommendations, list_recommendations, Mentor__ListRecommendationsRequest, Mentor__RecommendationList)
RPC_DECLARE(RECOMMENDATION_RPCS)

static const char SQL_PUT[] =
        "INSERT INTO mentee_profiles AS p (user_id, focus_areas, languages, styles, top_criterion, must_have, time_zone,"
        " anonymous_level) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (user_id) DO UPDATE SET"
        " focus_areas = excluded.focus_areas, languages = excluded.languages, styles = excluded.styles,"
        " top_criterion = excluded.top_criterion, must_have = excluded.must_have, time_zone = excluded.time_zone,"
        " anonymous_level = excluded.anonymous_level, version = p.version + 1 RETURNING focus_areas, languages, styles,"
        " top_criterion, must_have, time_zone, anonymous_level, version";
static const char SQL_LOCK[] = "SELECT FROM mentee_profiles WHERE user_id = $1 FOR UPDATE";
static const char SQL_MENTORS[] =
        "SELECT " MENTOR_COLUMNS("$1") " FROM mentor_profiles t WHERE t.id = ANY ($2::uuid[])";

struct scored {
        const Mentor__CandidateRow *candidate;
        struct compatibility compatibility;
};

static status get_mentee_profile(struct call *call, const Sfp__Empty *in, Mentor__MenteeProfile *out)
{
        (void)in;
        return seeker_load(call, call->caller->user_id, out);
}

static status put_mentee_profile(
        struct call *call, const Mentor__PutMenteeProfileRequest *in, Mentor__MenteeProfile *out)
{
        Mentor__MenteeProfile old = MENTOR__MENTEE_PROFILE__INIT;
        TRY(time_zone_check(call, in->time_zone));
        TRY(db_later(call, NULL, SQL_LOCK, call->caller->user_id));
        TRY(seeker_load(call, call->caller->user_id, &old));
        TRY(call_expect_version(call, old.version));
        return db_one(call, &out->base, SQL_PUT, call->caller->user_id, db_texts(in->n_focus_areas, in->focus_areas),
                db_texts(in->n_languages, in->languages), db_texts(in->n_styles, in->styles), in->top_criterion,
                db_texts(in->n_must_have, in->must_have), in->time_zone, in->anonymous_level);
}

/* The best first; of equals always the same. */
static int compare_scores(const void *left, const void *right)
{
        const struct scored *a = left, *b = right;
        if (a->compatibility.score != b->compatibility.score)
                return a->compatibility.score < b->compatibility.score ? 1 : -1;
        return strcmp(a->candidate->id, b->candidate->id);
}

static size_t rank(struct call *call, const Mentor__CandidateRowList *candidates, const Mentor__MenteeProfile *seeker,
        struct scored **out)
{
        size_t count = 0;
        *out = arena_alloc(call->arena, candidates->n_items * sizeof **out + 1);
        for (size_t i = 0; i < candidates->n_items; i++)
                if (candidate_has(candidates->items[i], seeker->n_must_have, seeker->must_have))
                        (*out)[count++] = (struct scored){
                                candidates->items[i], candidate_score(candidates->items[i], seeker->top_criterion)};
        qsort(*out, count, sizeof **out, compare_scores);
        return count;
}

static Mentor__Criterion **breakdown(struct call *call, const struct compatibility *compatibility)
{
        Mentor__Criterion **list = arena_alloc(call->arena, CRITERIA * sizeof *list);
        for (int c = 0; c < CRITERIA; c++) {
                list[c] = arena_alloc(call->arena, sizeof **list);
                mentor__criterion__init(list[c]);
                list[c]->criterion = (char *)(size_t)criterion_name(c);
                list[c]->has_value = list[c]->has_weight = 1;
                list[c]->value = compatibility->values[c];
                list[c]->weight = compatibility->weights[c];
        }
        return list;
}

static Mentor__MentorProfile *find(const Mentor__MentorList *mentors, const char *id)
{
        for (size_t i = 0; i < mentors->n_items; i++)
                if (strcmp(mentors->items[i]->id, id) == 0)
                        return mentors->items[i];
        return NULL;
}

static status show(struct call *call, const struct scored *scored, size_t count, Mentor__RecommendationList *out)
{
        Mentor__MentorList mentors = MENTOR__MENTOR_LIST__INIT;
        char **ids = arena_alloc(call->arena, count * sizeof *ids + 1);
        for (size_t i = 0; i < count; i++)
                ids[i] = scored[i].candidate->id;
        TRY(db_rows(call, &mentors.base, "items", SQL_MENTORS, call->caller->user_id, db_texts(count, ids)));
        out->items = arena_alloc(call->arena, count * sizeof *out->items + 1);
        for (size_t i = 0; i < count; i++) {
                Mentor__Recommendation *item = arena_alloc(call->arena, sizeof *item);
                mentor__recommendation__init(item);
                item->mentor = find(&mentors, ids[i]);
                item->has_compatibility_score = 1;
                item->compatibility_score = scored[i].compatibility.score;
                item->n_breakdown = CRITERIA;
                item->breakdown = breakdown(call, &scored[i].compatibility);
                if (item->mentor != NULL)
                        out->items[out->n_items++] = item;
        }
        return STATUS_OK;
}

static status list_recommendations(
        struct call *call, const Mentor__ListRecommendationsRequest *in, Mentor__RecommendationList *out)
{
        Mentor__MenteeProfile seeker = MENTOR__MENTEE_PROFILE__INIT;
        Mentor__CandidateRowList candidates = MENTOR__CANDIDATE_ROW_LIST__INIT;
        struct scored *scored;
        TRY(seeker_load(call, call->caller->user_id, &seeker));
        TRY(candidates_load(call, call->caller->user_id, &seeker, NULL, 0, NULL, &candidates));
        size_t count = rank(call, &candidates, &seeker, &scored);
        return show(call, scored, count < (size_t)in->limit ? count : (size_t)in->limit, out);
}

RPC_TABLE(recommendation_rpcs, RECOMMENDATION_RPCS);
