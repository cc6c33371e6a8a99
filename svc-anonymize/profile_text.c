/* SPDX-License-Identifier: Apache-2.0 */
/* The columns hold what has passed; what waits is sealed beside them. New text takes what waits along, so there is one
 * ruling on all that is not public yet. Cleaning is this service's own work and no call. */
#include "svc-anonymize/profile_text.h"

#include "common/content.h"
#include "common/db.h"
#include "common/sealed.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/cleaner.h"
#include "svc-anonymize/profile.h"

#include <string.h>

enum { DISPLAY_NAME, BIO, LOCATION, TEXTS };

static const char *const names[TEXTS] = {[DISPLAY_NAME] = "display_name", [BIO] = "bio", [LOCATION] = "location"};

/* "" takes a text away, but never a name. */
static const char SQL_PUBLISH[] =
        "UPDATE user_social_profiles p SET display_name = coalesce(nullif($2, ''), display_name),"
        " bio = CASE WHEN $3 = '' THEN NULL ELSE coalesce($3, bio) END,"
        " location = CASE WHEN $4 = '' THEN NULL ELSE coalesce($4, location) END, waiting = NULL"
        " WHERE id = $1 RETURNING display_name, bio, location, false AS is_in_review";
static const char SQL_KEEP[] =
        "UPDATE user_social_profiles SET waiting = $2 WHERE id = $1 RETURNING waiting IS NOT NULL AS is_in_review";
static const char SQL_ROW[] =
        "SELECT id, user_id, display_name, bio, location, waiting, is_hidden, is_leaving FROM user_social_profiles"
        " WHERE id = $1 FOR UPDATE";
static const char SQL_DROP[] = "UPDATE user_social_profiles SET waiting = NULL WHERE id = $1";
static const char SQL_HIDE[] = "UPDATE user_social_profiles SET is_hidden = $2::integer::boolean WHERE id = $1";
static const char SQL_WAITING[] = "SELECT id, waiting FROM user_social_profiles WHERE id = $1";

static const char *context_of(struct call *call, const char *profile_id)
{
        return arena_printf(call->arena, "profile text of %s", profile_id);
}

static status open_waiting(
        struct call *call, const char *profile_id, ProtobufCBinaryData sealed, Anonymize__ProfileText **out)
{
        return sealed_open(call, context_of(call, profile_id), sealed, &anonymize__profile_text__descriptor,
                (ProtobufCMessage **)out);
}

/* What waits; all absent when nothing does. */
static status load_waiting(struct call *call, const char *profile_id, Anonymize__ProfileText *out)
{
        Anonymize__ProfileTextRow row = ANONYMIZE__PROFILE_TEXT_ROW__INIT;
        Anonymize__ProfileText *waiting;
        TRY(db_one(call, &row.base, SQL_WAITING, profile_id));
        if (!row.has_waiting)
                return STATUS_OK;
        TRY(open_waiting(call, profile_id, row.waiting, &waiting));
        *out = *waiting;
        return STATUS_OK;
}

static status keep_waiting(struct call *call, char *const texts[TEXTS], Anonymize__Profile *profile)
{
        Anonymize__ProfileText text = ANONYMIZE__PROFILE_TEXT__INIT;
        text.display_name = texts[0];
        text.bio = texts[1];
        text.location = texts[2];
        return db_one(call, &profile->base, SQL_KEEP, profile->id,
                sealed_message(call, context_of(call, profile->id), &text.base));
}

static void clean(struct call *call, char *texts[TEXTS], struct review *review)
{
        for (size_t i = 0; i < TEXTS; i++) {
                struct cleaned_text cleaned;
                if (texts[i] == NULL)
                        continue;
                (i == BIO ? cleaner_clean : cleaner_clean_name)(call->arena, texts[i], &cleaned);
                texts[i] = cleaned.text;
                if (cleaned.n_removals > 0)
                        review_add_notice(call, review,
                                arena_printf(call->arena, "%s: removed %zu identifiers", names[i], cleaned.n_removals));
        }
}

static status rule(struct call *call, char *const texts[TEXTS], struct review *review)
{
        const char *blocked;
        if (!review_rule(call, "profile", TEXTS, texts, review, &blocked))
                review_add_notice(call, review, "waits for review: moderation is out of reach and will be asked again");
        return blocked == NULL ? STATUS_OK : call_problem(call, PROBLEM_CONTENT_BLOCKED, "%s", blocked);
}

static char *either(const char *given, char *waiting)
{
        return given != NULL ? (char *)(size_t)given : waiting;
}

status profile_text_change(struct call *call, const struct profile_text *text, Anonymize__Profile *profile)
{
        struct review review = {0};
        Anonymize__ProfileText waiting = ANONYMIZE__PROFILE_TEXT__INIT;
        if (text->display_name == NULL && text->bio == NULL && text->location == NULL)
                return STATUS_OK;
        TRY(load_waiting(call, profile->id, &waiting));
        char *texts[TEXTS] = {either(text->display_name, waiting.display_name), either(text->bio, waiting.bio),
                either(text->location, waiting.location)};
        clean(call, texts, &review);
        TRY(rule(call, texts, &review));
        profile->n_notices = review.n_notices;
        profile->notices = review.notices;
        if (review.outcome == REVIEW_HOLD) {
                TRY(keep_waiting(call, texts, profile));
                return content_hold(call, "profile", profile->id, &review);
        }
        profile->bio = profile->location = NULL;
        return db_one(call, &profile->base, SQL_PUBLISH, profile->id, texts[0], texts[1], texts[2]);
}

/* What its owner reads: the new text in the place of the old one. */
static char *newest(char *waiting, char *standing)
{
        if (waiting == NULL)
                return standing;
        return *waiting == '\0' ? NULL : waiting;
}

status profile_text_show(struct call *call, Anonymize__Profile *profile)
{
        Anonymize__ProfileText waiting = ANONYMIZE__PROFILE_TEXT__INIT;
        if (!profile->is_in_review)
                return STATUS_OK;
        TRY(load_waiting(call, profile->id, &waiting));
        profile->display_name = newest(waiting.display_name, profile->display_name);
        profile->bio = newest(waiting.bio, profile->bio);
        profile->location = newest(waiting.location, profile->location);
        return STATUS_OK;
}

static status load_row(struct call *call, const char *id, Anonymize__ProfileTextRow *row)
{
        TRY(db_one(call, &row->base, SQL_ROW, id));
        return row->is_leaving ? call_fail(call, STATUS_NOT_FOUND, "there is no such profile") : STATUS_OK;
}

static status show_profile(struct call *call, const char *id, Content__Snapshot *out)
{
        Anonymize__ProfileTextRow row = ANONYMIZE__PROFILE_TEXT_ROW__INIT;
        Anonymize__ProfileText waiting = ANONYMIZE__PROFILE_TEXT__INIT;
        TRY(load_row(call, id, &row));
        if (row.has_waiting)
                TRY(load_waiting(call, id, &waiting));
        char *const texts[] = {
                row.display_name, row.bio, row.location, waiting.display_name, waiting.bio, waiting.location};
        out->texts = arena_alloc(call->arena, sizeof texts);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
                if (texts[i] != NULL && *texts[i] != '\0')
                        out->texts[out->n_texts++] = texts[i];
        out->author_user_id = row.user_id;
        out->has_is_public = 1;
        out->is_public = !row.is_hidden;
        out->state = (char *)(size_t)(row.is_hidden ? "hidden" : row.has_waiting ? "pending_review" : "published");
        return STATUS_OK;
}

static status announce(struct call *call, const Anonymize__ProfileTextRow *row)
{
        return profile_announce(call, row->id, row->user_id, TEXTS, names);
}

static status approve(struct call *call, const Anonymize__ProfileTextRow *row)
{
        Anonymize__Profile shown = ANONYMIZE__PROFILE__INIT;
        Anonymize__ProfileText waiting = ANONYMIZE__PROFILE_TEXT__INIT;
        if (!row->has_waiting)
                return STATUS_OK;
        TRY(load_waiting(call, row->id, &waiting));
        TRY(db_one(call, &shown.base, SQL_PUBLISH, row->id, waiting.display_name, waiting.bio, waiting.location));
        return announce(call, row);
}

static status reject(struct call *call, const Anonymize__ProfileTextRow *row)
{
        return db_later(call, NULL, SQL_DROP, row->id);
}

static status hide(struct call *call, const Anonymize__ProfileTextRow *row)
{
        TRY(db_later(call, NULL, SQL_HIDE, row->id, 1));
        return announce(call, row);
}

static status restore(struct call *call, const Anonymize__ProfileTextRow *row)
{
        TRY(db_later(call, NULL, SQL_HIDE, row->id, 0));
        return announce(call, row);
}

/* A moderator's word; the others change nothing. */
static const struct {
        const char *action;
        status (*run)(struct call *call, const Anonymize__ProfileTextRow *row);
} decisions[] = {
        {"approve", approve},
        {"reject", reject},
        {"hide", hide},
        {"remove", hide},
        {"restore", restore},
        {"reinstate", restore},
};

static status decide_profile(struct call *call, const char *id, const char *action, const char *reason)
{
        Anonymize__ProfileTextRow row = ANONYMIZE__PROFILE_TEXT_ROW__INIT;
        (void)reason;
        TRY(load_row(call, id, &row));
        for (size_t i = 0; i < sizeof decisions / sizeof *decisions; i++)
                if (strcmp(decisions[i].action, action) == 0)
                        return decisions[i].run(call, &row);
        return STATUS_OK;
}

const struct content_kind profile_content[] = {
        {"profile", show_profile, decide_profile},
        {0},
};
