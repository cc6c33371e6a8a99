/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/requests.h"

#include "common/db.h"
#include "common/field.h"
#include "common/rpc_call.h"
#include "common/uuid.h"
#include "sfp/profile.pb-c.h"
#include "svc-mentor/announce.h"
#include "svc-mentor/candidates.h"
#include "svc-mentor/locks.h"
#include "svc-mentor/match_states.h"
#include "svc-mentor/mentor_columns.h"
#include "svc-mentor/policy.h"
#include "svc-mentor/words.h"

#include <string.h>

/* number: live matches and requests of the pair. */
static const char SQL_MENTOR[] =
        "SELECT t.id, t.user_id::text AS text, (SELECT count(*) FROM mentorship_matches m WHERE m.mentor_profile_id = t.id"
        "  AND m.mentee_user_id = $2::uuid AND m.status IN ('requested', 'trial', 'active', 'paused')) AS number,"
        " (t.status = 'listed')::integer::float8 AS real FROM mentor_profiles t WHERE t.id = $1 AND t.user_id IS NOT NULL"
        " AND t.status IN ('listed', 'unlisted') AND " NOT_BLOCKED("$2", "t.user_id");
static const char SQL_INSERT[] =
        "INSERT INTO mentorship_matches (id, mentor_profile_id, mentor_user_id, mentee_user_id, mentorship_type, is_anonymous,"
        " status, focus_areas, planned_duration_weeks, compatibility_score, message, choices, has_choices, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6::boolean, 'requested', $7, $8, $9, $10, $11, $12::boolean,"
        " now() + interval '" REQUEST_LIFE "')";

/* Who has no profile has no setting, and who has never said otherwise has none that counts: being listed is their word.
 */
static status check_wanted(struct call *call, const char *mentor_user_id)
{
        ProtobufCMessage *reply;
        struct call asking = *call; /* somebody without a profile is no failure of ours */
        Anonymize__ShowSettingsRequest request = ANONYMIZE__SHOW_SETTINGS_REQUEST__INIT;
        request.user_id = (char *)(size_t)mentor_user_id;
        status found = rpc_call(&asking, "sfp.anonymize.Anonymize.ShowSettings", &request.base, &reply);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        if (found != STATUS_OK)
                return call_fail(call, found, "the mentor's settings are out of reach");
        const Anonymize__PrivacySettings *settings = (const Anonymize__PrivacySettings *)reply;
        if (settings->has_accept_mentor_requests && !settings->accept_mentor_requests)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the mentor takes no requests at the moment");
        return STATUS_OK;
}

static status check(struct call *call, const struct request_spec *spec, const char *mentor_profile_id, Mentor__Id *out)
{
        mentor__id__init(out);
        TRY(lock_request(call, spec->mentee_user_id, mentor_profile_id));
        TRY(db_one(call, &out->base, SQL_MENTOR, mentor_profile_id, spec->mentee_user_id));
        if (strcmp(out->text, spec->mentee_user_id) == 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "nobody mentors themselves");
        if (out->number > 0)
                return call_fail(call, STATUS_ALREADY_EXISTS, "the two of you have a match already");
        if (out->real == 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the mentor takes no requests at the moment");
        return check_wanted(call, out->text);
}

static status score(struct call *call, const struct request_spec *spec, const char *mentor_profile_id, double *out)
{
        Mentor__MenteeProfile seeker = MENTOR__MENTEE_PROFILE__INIT;
        Mentor__CandidateRowList rows = MENTOR__CANDIDATE_ROW_LIST__INIT;
        TRY(seeker_load(call, spec->mentee_user_id, &seeker));
        TRY(candidates_load(call, spec->mentee_user_id, &seeker, mentor_profile_id, spec->n_focus, spec->focus, &rows));
        *out = rows.n_items == 0 ? 0 : candidate_score(rows.items[0], seeker.top_criterion).score;
        return STATUS_OK;
}

status request_send(struct call *call, const struct request_spec *spec, const char *mentor_profile_id, const char **id)
{
        Mentor__Id mentor;
        double compatibility;
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        match.id = arena_alloc(call->arena, UUID_SIZE);
        uuid_v7(match.id);
        TRY(check(call, spec, mentor_profile_id, &mentor));
        TRY(score(call, spec, mentor_profile_id, &compatibility));
        struct lifecycle_subject subject = {.id = match.id, .state = LIFECYCLE_NEW, .actors = "mentee"};
        TRY(lifecycle_step(call, &match_lifecycle, &subject, "request", NULL, NULL));
        TRY(db_later(call, NULL, SQL_INSERT, match.id, mentor_profile_id, mentor.text, spec->mentee_user_id,
                spec->mentorship_type, (int)spec->is_anonymous, db_texts(spec->n_focus, spec->focus), spec->weeks,
                compatibility, words_seal(call, match.id, spec->message), db_texts(spec->n_choices, spec->choices),
                (int)spec->has_choices));
        match.mentor_profile_id = (char *)(size_t)mentor_profile_id;
        match.mentor_user_id = mentor.text;
        match.mentee_user_id = (char *)(size_t)spec->mentee_user_id;
        match.is_anonymous = spec->is_anonymous;
        *id = match.id;
        return announce_requested(call, &match);
}

status request_next(struct call *call, const Mentor__MatchRow *match)
{
        struct request_spec spec = {match->mentee_user_id, match->mentorship_type, match->is_anonymous, true,
                match->n_focus_areas, match->focus_areas, match->planned_duration_weeks, NULL, 0, NULL};
        char *message;
        const char *id;
        if (match->mentee_user_id == NULL || match->n_choices == 0)
                return STATUS_OK;
        TRY(words_open(call, match->id, &match->message, match->has_message, &message));
        spec.message = message;
        for (size_t i = 0; i < match->n_choices; i++) {
                spec.n_choices = match->n_choices - i - 1;
                spec.choices = match->choices + i + 1;
                status sent = request_send(call, &spec, match->choices[i], &id);
                if (sent != STATUS_NOT_FOUND && sent != STATUS_ALREADY_EXISTS && sent != STATUS_FAILED_PRECONDITION)
                        return sent;
        }
        return STATUS_OK;
}
