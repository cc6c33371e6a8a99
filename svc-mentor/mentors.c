/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/mentors.h"

#include "common/buffer.h"
#include "common/content.h"
#include "common/db.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-mentor/announce.h"
#include "svc-mentor/mentor_columns.h"
#include "svc-mentor/mentor_states.h"
#include "svc-mentor/policy.h"

#include <string.h>

#define MENTOR_RPCS(RPC)                                                                                               \
        RPC(RegisterMentor, register_mentor, Mentor__RegisterMentorRequest, Mentor__MentorProfile)                     \
        RPC(GetMentor, get_mentor, Mentor__GetMentorRequest, Mentor__MentorProfile)                                    \
        RPC(UpdateMentor, update_mentor, Mentor__UpdateMentorRequest, Mentor__MentorProfile)                           \
        RPC(DeleteMentor, delete_mentor, Mentor__GetMentorRequest, Sfp__Empty)
RPC_DECLARE(MENTOR_RPCS)

static const char SQL_ME[] = "SELECT id FROM mentor_profiles WHERE user_id = $1 AND status <> 'withdrawn'";
static const char SQL_GET[] = "SELECT " MENTOR_COLUMNS(
        "$2") " FROM mentor_profiles t WHERE t.id = $1 AND (" MENTOR_IS_VISIBLE("$2") " OR $3::boolean)";
/* One profile for a person: who comes back gets the one they had, with what was said of it. */
static const char SQL_INSERT[] =
        "INSERT INTO mentor_profiles (id, user_id, status, expertise_areas, specializations, languages, styles, max_mentees,"
        " hourly_rate, currency, trial_days) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        " ON CONFLICT (user_id) DO UPDATE SET status = excluded.status, expertise_areas = excluded.expertise_areas,"
        " specializations = excluded.specializations, languages = excluded.languages, styles = excluded.styles,"
        " max_mentees = excluded.max_mentees, hourly_rate = excluded.hourly_rate, currency = excluded.currency,"
        " trial_days = excluded.trial_days, version = mentor_profiles.version + 1 WHERE mentor_profiles.status = 'withdrawn'";
static const char SQL_WITHDRAWN[] =
        "SELECT id, version AS number, status AS text FROM mentor_profiles WHERE user_id = $1 FOR UPDATE";
static const char SQL_UPDATE[] =
        "UPDATE mentor_profiles SET expertise_areas = CASE WHEN cardinality($2::text[]) > 0 THEN $2::text[] ELSE expertise_areas END,"
        " specializations = CASE WHEN cardinality($3::text[]) > 0 THEN $3::text[] ELSE specializations END,"
        " languages = CASE WHEN cardinality($4::text[]) > 0 THEN $4::text[] ELSE languages END,"
        " styles = CASE WHEN cardinality($5::text[]) > 0 THEN $5::text[] ELSE styles END,"
        " max_mentees = coalesce($6::integer, max_mentees), hourly_rate = coalesce($7::bigint, hourly_rate),"
        " currency = coalesce($8, currency), trial_days = coalesce($9::integer, trial_days) WHERE id = $1";
static const char SQL_LIVE[] = "SELECT live_matches AS number FROM mentor_profiles WHERE id = $1";
static const char SQL_VERIFY[] =
        "UPDATE mentor_profiles SET is_verified_mentor = $2::boolean, version = version + 1 WHERE id = $1"
        " AND status <> 'withdrawn' RETURNING id, user_id::text AS text";

status mentor_id_of(struct call *call, const char *text, const char **id)
{
        Mentor__Id row = MENTOR__ID__INIT;
        *id = text;
        if (strcmp(text, "me") == 0) {
                TRY(db_one(call, &row.base, SQL_ME, call->caller->user_id));
                *id = row.id;
                return STATUS_OK;
        }
        if (!uuid_is_valid(text))
                return call_invalid(call, "mentor_profile_id", "malformed", "must be an id, or me");
        return STATUS_OK;
}

status mentor_get(struct call *call, const char *id, Mentor__MentorProfile *out)
{
        bool sees_all = call_is_moderator(call);
        return db_one(call, &out->base, SQL_GET, id, call->caller->user_id, (int)sees_all);
}

static void add_words(struct buffer *text, size_t count, char *const *words)
{
        for (size_t i = 0; i < count; i++)
                buffer_printf(text, "%s%s", text->length > 0 ? ", " : "", words[i]);
}

/* Tags are words, too: they are ruled on as one text, and none may hold an identifier. */
static status review_tags(struct call *call, size_t n_areas, char *const *areas, size_t n_special, char *const *special,
        struct review *review)
{
        static const char *const names[] = {"expertise_areas"};
        struct buffer text = buffer_in(call->arena);
        *review = (struct review){.outcome = REVIEW_PUBLISH};
        add_words(&text, n_areas, areas);
        add_words(&text, n_special, special);
        if (text.length == 0)
                return STATUS_OK;
        char *const texts[] = {(char *)(size_t)buffer_text(&text)};
        TRY(review_texts(call, "mentor profile", 1, names, texts, review));
        if (strcmp(review->texts[0], texts[0]) != 0)
                return call_invalid(call, "expertise_areas", "not_allowed", "must not hold what identifies somebody");
        return STATUS_OK;
}

/* The profile the caller had, where they had one: anew from there. */
static status find_start(struct call *call, struct lifecycle_subject *mentor)
{
        Mentor__Id old = MENTOR__ID__INIT;
        status found = db_one(call, &old.base, SQL_WITHDRAWN, call->caller->user_id);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(found);
        if (strcmp(old.text, "withdrawn") != 0)
                return call_fail(call, STATUS_ALREADY_EXISTS, "you are a mentor already");
        mentor->id = old.id;
        mentor->state = old.text;
        mentor->version = old.number;
        return STATUS_OK;
}

static status store(struct call *call, const Mentor__RegisterMentorRequest *in, const struct lifecycle_subject *mentor)
{
        PGresult *stored;
        TRY(db_query(call, &stored, SQL_INSERT, mentor->id, call->caller->user_id, mentor->state,
                db_texts(in->n_expertise_areas, in->expertise_areas),
                db_texts(in->n_specializations, in->specializations), db_texts(in->n_languages, in->languages),
                db_texts(in->n_styles, in->styles), in->max_mentees, in->hourly_rate, in->currency, in->trial_days));
        if (strcmp(PQcmdTuples(stored), "1") != 0)
                return call_fail(call, STATUS_ALREADY_EXISTS, "you are a mentor already");
        return STATUS_OK;
}

static status register_mentor(struct call *call, const Mentor__RegisterMentorRequest *in, Mentor__MentorProfile *out)
{
        struct review review;
        char *id = arena_alloc(call->arena, UUID_SIZE);
        struct lifecycle_subject mentor = {.id = id, .state = LIFECYCLE_NEW, .actors = "owner"};
        uuid_v7(id);
        TRY(review_tags(
                call, in->n_expertise_areas, in->expertise_areas, in->n_specializations, in->specializations, &review));
        TRY(find_start(call, &mentor));
        bool is_held = review.outcome == REVIEW_HOLD;
        const char *action = is_held ? "hold" : in->is_available ? "register" : "unlist";
        TRY(lifecycle_step(call, &mentor_lifecycle, &mentor, action, NULL, NULL));
        TRY(store(call, in, &mentor));
        TRY(mentor_get(call, mentor.id, out));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        TRY(announce_registered(call, out));
        return is_held ? content_hold(call, "mentor_profile", mentor.id, &review) : STATUS_OK;
}

static status get_mentor(struct call *call, const Mentor__GetMentorRequest *in, Mentor__MentorProfile *out)
{
        const char *id;
        TRY(mentor_id_of(call, in->mentor_profile_id, &id));
        return mentor_get(call, id, out);
}

static bool changes_profile(const Mentor__UpdateMentorRequest *in)
{
        return in->n_expertise_areas > 0 || in->n_specializations > 0 || in->n_languages > 0 || in->n_styles > 0 ||
               in->has_max_mentees || in->has_hourly_rate || in->currency != NULL || in->has_is_available ||
               in->has_trial_days;
}

static status verify(struct call *call, const char *id, bool is_verified)
{
        Mentor__Id row = MENTOR__ID__INIT;
        if (!call_has_role(call, "admin"))
                return call_fail(call, STATUS_PERMISSION_DENIED, "only an admin verifies");
        TRY(db_one(call, &row.base, SQL_VERIFY, id, (int)is_verified));
        return announce_verified(call, id, row.text, is_verified);
}

static status check_places(struct call *call, const Mentor__UpdateMentorRequest *in, const char *id)
{
        Mentor__Id live = MENTOR__ID__INIT;
        TRY(db_one(call, &live.base, SQL_LIVE, id));
        if (in->has_max_mentees && in->max_mentees < live.number)
                return call_invalid(call, "max_mentees", "out_of_range", "must not be below the %lld who are there",
                        (long long)live.number);
        return STATUS_OK;
}

/* The step that the change asks for; NULL: none. */
static const char *action_of(const Mentor__UpdateMentorRequest *in, const char *state, const struct review *review)
{
        bool is_listed = strcmp(state, "listed") == 0;
        bool is_unlisted = strcmp(state, "unlisted") == 0;
        if (review->outcome == REVIEW_HOLD)
                return is_listed || is_unlisted ? "hold" : NULL;
        if (!in->has_is_available || in->is_available == is_listed)
                return NULL;
        return in->is_available ? "list" : is_listed ? "unlist" : NULL;
}

static status change(struct call *call, const Mentor__UpdateMentorRequest *in, const char *id, struct review *review)
{
        struct lifecycle_subject mentor;
        TRY(review_tags(
                call, in->n_expertise_areas, in->expertise_areas, in->n_specializations, in->specializations, review));
        TRY(mentor_load_own(call, id, &mentor));
        TRY(call_expect_version(call, mentor.version));
        TRY(check_places(call, in, id));
        TRY(db_exec(call, SQL_UPDATE, id, db_texts(in->n_expertise_areas, in->expertise_areas),
                db_texts(in->n_specializations, in->specializations), db_texts(in->n_languages, in->languages),
                db_texts(in->n_styles, in->styles), DB_OPTIONAL(in, max_mentees), DB_OPTIONAL(in, hourly_rate),
                in->currency, DB_OPTIONAL(in, trial_days)));
        const char *action = action_of(in, mentor.state, review);
        if (action != NULL)
                TRY(lifecycle_step(call, &mentor_lifecycle, &mentor, action, NULL, NULL));
        TRY(mentor_store(call, &mentor));
        return review->outcome == REVIEW_HOLD ? content_hold(call, "mentor_profile", id, review) : STATUS_OK;
}

static status update_mentor(struct call *call, const Mentor__UpdateMentorRequest *in, Mentor__MentorProfile *out)
{
        struct review review = {.outcome = REVIEW_PUBLISH};
        Mentor__MentorProfile old = MENTOR__MENTOR_PROFILE__INIT;
        const char *id;
        TRY(mentor_id_of(call, in->mentor_profile_id, &id));
        TRY(mentor_get(call, id, &old));
        bool is_mine = old.status != NULL;
        if (changes_profile(in) && !is_mine)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only the mentor may change that");
        if (in->has_is_verified_mentor)
                TRY(verify(call, id, in->is_verified_mentor));
        if (changes_profile(in))
                TRY(change(call, in, id, &review));
        TRY(mentor_get(call, id, out));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        return announce_mentor_updated(call, id, out->n_expertise_areas, out->expertise_areas, out->is_available);
}

static status delete_mentor(struct call *call, const Mentor__GetMentorRequest *in, Sfp__Empty *out)
{
        (void)out;
        struct lifecycle_subject mentor;
        Mentor__MentorProfile old = MENTOR__MENTOR_PROFILE__INIT;
        const char *id;
        TRY(mentor_id_of(call, in->mentor_profile_id, &id));
        TRY(mentor_get(call, id, &old));
        if (old.status == NULL)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only the mentor may do that");
        TRY(mentor_load_own(call, id, &mentor));
        TRY(call_expect_version(call, mentor.version));
        return mentor_step(call, &mentor, "owner", "withdraw");
}

RPC_TABLE(mentor_rpcs, MENTOR_RPCS);
