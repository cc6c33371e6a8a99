/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/profile_text.h"

#include "common/buffer.h"
#include "common/db.h"
#include "svc-anonymize/cleaner.h"

static const char SQL_WRITE[] = "UPDATE user_social_profiles SET display_name = coalesce($2, display_name),"
                                " bio = CASE WHEN $3 = '' THEN NULL ELSE coalesce($3, bio) END,"
                                " location = CASE WHEN $4 = '' THEN NULL ELSE coalesce($4, location) END"
                                " WHERE id = $1 RETURNING display_name, bio, location";

static void add_notice(struct call *call, Anonymize__Profile *profile, char *notice)
{
        char **notices = arena_alloc(call->arena, (profile->n_notices + 1) * sizeof *notices);
        for (size_t i = 0; i < profile->n_notices; i++)
                notices[i] = profile->notices[i];
        notices[profile->n_notices++] = notice;
        profile->notices = notices;
}

static const char *clean(struct call *call, const char *field, const char *text, Anonymize__Profile *profile)
{
        struct cleaned_text cleaned;
        if (text == NULL)
                return NULL;
        cleaner_clean(call->arena, text, &cleaned);
        if (cleaned.n_removals > 0)
                add_notice(call, profile,
                        arena_printf(call->arena, "%s: identifiers were taken out (%zu)", field, cleaned.n_removals));
        return cleaned.text;
}

status profile_text_change(struct call *call, const struct profile_text *text, Anonymize__Profile *profile)
{
        if (text->display_name == NULL && text->bio == NULL && text->location == NULL)
                return STATUS_OK;
        const char *name = clean(call, "display_name", text->display_name, profile);
        const char *bio = clean(call, "bio", text->bio, profile);
        const char *location = clean(call, "location", text->location, profile);
        profile->bio = profile->location = NULL;
        return db_one(call, &profile->base, SQL_WRITE, profile->id, name, bio, location);
}

status profile_text_show(struct call *call, Anonymize__Profile *profile)
{
        (void)call;
        (void)profile;
        return STATUS_OK;
}
