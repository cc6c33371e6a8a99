/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/reviews.h"

#include "common/db.h"
#include "common/lifecycle.h"
#include "common/page.h"
#include "common/people.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-mentor/announce.h"
#include "svc-mentor/locks.h"
#include "svc-mentor/match_states.h"
#include "svc-mentor/mentors.h"
#include "svc-mentor/policy.h"
#include "svc-mentor/words.h"

#include <string.h>

#define REVIEW_RPCS(RPC)                                                                                               \
        RPC(ListReviews, list_reviews, Mentor__ListReviewsRequest, Mentor__ReviewList)                                 \
        RPC(ReviewMatch, review_match, Mentor__ReviewMatchRequest, Mentor__MatchReview)
RPC_DECLARE(REVIEW_RPCS)

static const char SQL_LIST[] = "SELECT r.id, r.rating, r.text, to_char(r.created_at, 'YYYY-MM') AS month, " AUTHOR_COLUMNS(
        "author_ref", "r.author_user_id",
        "CASE WHEN r.is_anonymous THEN 'match:' || r.match_id END") ", r.new_key AS page_key, r.id AS page_id FROM mentor_reviews r"
                                                                    " WHERE (r.new_key, r.id) < ($1::bigint, $2::uuid) AND r.mentor_profile_id = $3 AND r.status = 'revealed'"
                                                                    " AND r.side = 'mentee' AND " NOT_BLOCKED("$4",
                                                                            "r.author_user_id") " ORDER BY r.new_key DESC, r.id DESC";
static const char SQL_INSERT[] =
        "INSERT INTO mentor_reviews (id, match_id, mentor_profile_id, side, author_user_id, is_anonymous, rating, text,"
        " private_note, status) VALUES ($1, $2, $3, $4, $5, $6::boolean, $7, $8, $9, $10)";
#define SQL_ROW                                                                                                        \
        "SELECT r.id, r.match_id, r.mentor_profile_id, r.side, r.rating, r.status AS state, r.version, r.is_counted,"  \
        " t.user_id AS mentor_user_id FROM mentor_reviews r JOIN mentor_profiles t ON t.id = r.mentor_profile_id"
static const char SQL_LOCK_MENTOR[] =
        "SELECT FROM mentor_profiles WHERE id = (SELECT mentor_profile_id FROM mentor_reviews WHERE id = $1) FOR NO KEY UPDATE";
static const char SQL_LOAD[] = SQL_ROW " WHERE r.id = $1 FOR UPDATE OF r";
static const char SQL_RIPE[] =
        "SELECT r.id FROM mentor_reviews r WHERE r.status = 'sealed' AND (r.created_at < now() - interval '" REVIEW_LIFE
        "'"
        " OR EXISTS (SELECT FROM mentor_reviews o WHERE o.match_id = r.match_id AND o.side <> r.side"
        "  AND o.status <> 'pending_review')) ORDER BY r.mentor_profile_id, r.id LIMIT 50";
static const char SQL_OF_MATCH[] =
        "SELECT id FROM mentor_reviews WHERE match_id = $1 AND status = 'sealed'"
        " AND (SELECT count(*) FROM mentor_reviews WHERE match_id = $1 AND status <> 'pending_review') = 2 ORDER BY id";
static const char SQL_MOVE[] =
        "UPDATE mentor_reviews SET status = $3, version = $2::bigint + 1, is_counted = $4::boolean WHERE id = $1";
static const char SQL_COUNT[] =
        "UPDATE mentor_profiles SET total_reviews = total_reviews + $2::integer, rating_sum = rating_sum + $2::integer * $3::integer"
        " WHERE id = $1 RETURNING id, rating_sum AS number, total_reviews::float8 AS real";
static const char SQL_MEAN[] =
        "SELECT coalesce(sum(rating_sum)::float8 / nullif(sum(total_reviews), 0), 3.5) AS real FROM mentor_profiles";
static const char SQL_SET_RATING[] = "UPDATE mentor_profiles SET mentor_rating = $2 WHERE id = $1";
static const char SQL_REFRESH[] =
        "UPDATE mentor_profiles SET mentor_rating = (rating_sum + 5 * $1::float8) / (total_reviews + 5)"
        " WHERE total_reviews > 0 AND abs(mentor_rating - (rating_sum + 5 * $1::float8) / (total_reviews + 5)) > 0.001";
static const char SQL_SNAPSHOT[] =
        "SELECT author_user_id, status AS state, status = 'revealed' AND side = 'mentee' AS is_public,"
        " array_remove(ARRAY[text], NULL) AS texts, mentor_profile_id AS parent_id FROM mentor_reviews WHERE id = $1";

static const struct lifecycle review_lifecycle = {.kind = "review", .transitions = review_transitions};

static status list_reviews(struct call *call, const Mentor__ListReviewsRequest *in, Mentor__ReviewList *out)
{
        Mentor__MentorProfile mentor = MENTOR__MENTOR_PROFILE__INIT;
        const char *id;
        TRY(mentor_id_of(call, in->mentor_profile_id, &id));
        TRY(mentor_get(call, id, &mentor));
        return page_rows(call, &in->base, &out->base, SQL_LIST, id, call->caller->user_id);
}

/* A mentor's rating is made of what mentees say that is to be read. */
static status count(struct call *call, const Mentor__ReviewRow *review, int by)
{
        Mentor__Id sums = MENTOR__ID__INIT, mean = MENTOR__ID__INIT;
        if (by == 0)
                return STATUS_OK;
        TRY(db_one(call, &sums.base, SQL_COUNT, review->mentor_profile_id, by, review->rating));
        TRY(db_one(call, &mean.base, SQL_MEAN));
        double rating = rating_mean(sums.number, (int64_t)sums.real, mean.real);
        return db_exec(call, SQL_SET_RATING, review->mentor_profile_id, sums.real > 0 ? db_real(rating) : db_null());
}

static status step(struct call *call, const char *id, const char *actors, const char *action, const char *reason)
{
        Mentor__ReviewRow review = MENTOR__REVIEW_ROW__INIT;
        struct lifecycle_step taken;
        TRY(db_later(call, NULL, SQL_LOCK_MENTOR, id)); /* in front of what is said of them: locks.h */
        TRY(db_one(call, &review.base, SQL_LOAD, id));
        struct lifecycle_subject subject = {review.id, review.state, review.version, actors, NULL, 0};
        TRY(lifecycle_step(call, &review_lifecycle, &subject, action, reason, &taken));
        bool is_counted = strcmp(taken.to, "revealed") == 0 && strcmp(review.side, "mentee") == 0;
        TRY(db_exec(call, SQL_MOVE, id, review.version, taken.to, (int)is_counted));
        TRY(count(call, &review, (int)is_counted - (int)review.is_counted));
        return is_counted && strcmp(action, "reveal") == 0 ? announce_review(call, &review) : STATUS_OK;
}

static status reveal_all(struct call *call, const Mentor__IdList *rows)
{
        for (size_t i = 0; i < rows->n_items; i++)
                TRY(step(call, rows->items[i]->id, "sys", "reveal", NULL));
        return STATUS_OK;
}

static status store(struct call *call, const Mentor__ReviewMatchRequest *in, const Mentor__MatchRow *match,
        const struct review *review, const char *id)
{
        struct lifecycle_subject subject = {.id = id, .state = LIFECYCLE_NEW, .actors = "party"};
        bool is_held = review->outcome == REVIEW_HOLD;
        TRY(lifecycle_step(call, &review_lifecycle, &subject, is_held ? "hold" : "seal", NULL, NULL));
        TRY(db_exec(call, SQL_INSERT, id, match->id, match->mentor_profile_id, match->side, call->caller->user_id,
                (int)match->is_anonymous, in->rating, review->texts[0], words_seal(call, id, in->private_note),
                subject.state));
        return is_held ? content_hold(call, "mentor_review", id, review) : STATUS_OK;
}

static status review_match(struct call *call, const Mentor__ReviewMatchRequest *in, Mentor__MatchReview *out)
{
        static const char *const names[] = {"text"};
        char *const texts[] = {in->text};
        struct review review = {.texts = (char *[]){NULL}};
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        Mentor__IdList both = MENTOR__ID_LIST__INIT;
        char *id = arena_alloc(call->arena, UUID_SIZE);
        uuid_v7(id);
        TRY(match_load(call, in->match_id, false, &match));
        if (!match.is_review_open)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "a match is reviewed within 14 days of its end");
        if (in->text != NULL)
                TRY(review_texts(call, "mentor review", 1, names, texts, &review));
        TRY(lock_mentor(call, match.mentor_profile_id));
        TRY(lock_match(call, match.id));
        TRY(store(call, in, &match, &review, id));
        TRY(db_rows(call, &both.base, "items", SQL_OF_MATCH, match.id));
        TRY(reveal_all(call, &both));
        out->id = id;
        out->has_rating = 1;
        out->rating = in->rating;
        out->text = review.texts[0];
        out->status = (char *)(size_t)(review.outcome == REVIEW_HOLD ? "pending_review"
                                       : both.n_items > 0            ? "revealed"
                                                                     : "sealed");
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        return STATUS_OK;
}

status reveal_reviews(struct call *call)
{
        Mentor__IdList ripe = MENTOR__ID_LIST__INIT;
        TRY(db_rows(call, &ripe.base, "items", SQL_RIPE));
        for (size_t i = 0; i < ripe.n_items; i++) {
                status revealed = step(call, ripe.items[i]->id, "sys", "reveal", NULL);
                if (revealed != STATUS_OK && call->problem != PROBLEM_ILLEGAL_TRANSITION)
                        return revealed; /* revealed meanwhile is as good */
        }
        return STATUS_OK;
}

status refresh_ratings(struct call *call)
{
        Mentor__Id mean = MENTOR__ID__INIT;
        TRY(db_one(call, &mean.base, SQL_MEAN));
        return db_exec(call, SQL_REFRESH, mean.real);
}

status review_show(struct call *call, const char *id, Content__Snapshot *out)
{
        return db_one(call, &out->base, SQL_SNAPSHOT, id);
}

status review_decide(struct call *call, const char *id, const char *action, const char *reason)
{
        return step(call, id, "mod", action, reason);
}

RPC_TABLE(review_rpcs, REVIEW_RPCS);
