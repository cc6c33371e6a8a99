/* SPDX-License-Identifier: Apache-2.0 */
/* One's own profile: made, read, changed. What others see of it is in public_profile.c. */
#include "common/db.h"
#include "common/event.h"
#include "common/field.h"
#include "common/random.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/privacy_jobs.h"
#include "svc-anonymize/profile.h"
#include "svc-anonymize/profile_columns.h"
#include "svc-anonymize/profile_text.h"
#include "svc-anonymize/settings.h"

#include <string.h>

#define PROFILE_RPCS(RPC)                                                                                              \
        RPC(ShowPerson, show_person, Anonymize__ShowPersonRequest, Anonymize__Person)                                  \
        RPC(InitializeProfile, initialize_profile, Anonymize__InitializeProfileRequest, Anonymize__InitializedProfile) \
        RPC(GetProfile, get_profile, Anonymize__GetProfileRequest, Anonymize__Profile)                                 \
        RPC(UpdateProfile, update_profile, Anonymize__UpdateProfileRequest, Anonymize__Profile)
RPC_DECLARE(PROFILE_RPCS)

static const char SQL_SHOW[] =
        "SELECT p.id AS profile_id, " PERSON_NAME ", " PERSON_AVATAR ", p.experience_level, p.is_leaving AS is_deleted"
        " FROM user_social_profiles p WHERE p.user_id = $1";
static const char SQL_OF_USER[] =
        "SELECT " PROFILE_COLUMNS " FROM user_social_profiles p WHERE p.user_id = $1 AND NOT p.is_leaving";
static const char SQL_INSERT[] =
        "INSERT INTO user_social_profiles AS p (id, user_id, display_name, time_zone, locale, currency, interest_areas)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id) DO NOTHING RETURNING " PROFILE_COLUMNS;
/* Text is written by profile_text.c, as it has been ruled on. */
static const char SQL_UPDATE[] =
        "UPDATE user_social_profiles p SET avatar_url = CASE WHEN $2 = '' THEN NULL ELSE coalesce($2, avatar_url) END,"
        " expertise_areas = CASE WHEN cardinality($3::text[]) > 0 THEN $3 ELSE expertise_areas END,"
        " interest_areas = CASE WHEN cardinality($4::text[]) > 0 THEN $4 ELSE interest_areas END,"
        " time_zone = coalesce($5, time_zone), locale = coalesce($6, locale), currency = coalesce($7, currency),"
        " version = version + 1 WHERE id = $1 AND version = $8 RETURNING " PROFILE_COLUMNS;

static const char *const next_steps[] = {
        "PATCH /profile",
        "PUT /profile/demographics",
        "PATCH /privacy/settings",
        "GET /privacy-guide",
};

enum { NAME_LETTERS = 6, HTTP_OK = 200 };

static status show_person(struct call *call, const Anonymize__ShowPersonRequest *in, Anonymize__Person *out)
{
        return db_one(call, &out->base, SQL_SHOW, in->user_id);
}

status profile_load(struct call *call, const char *user_id, Anonymize__Profile *out)
{
        return db_one(call, &out->base, SQL_OF_USER, user_id);
}

status profile_load_own(struct call *call, Anonymize__Profile *out)
{
        status found = profile_load(call, call->caller->user_id, out);
        if (found == STATUS_NOT_FOUND)
                return call_fail(call, found, "there is no profile yet: POST /initialize-profile makes it");
        return found;
}

status profile_announce(
        struct call *call, const char *profile_id, const char *user_id, size_t n_fields, const char *const *fields)
{
        Anonymize__ProfileUpdated event = ANONYMIZE__PROFILE_UPDATED__INIT;
        event.profile_id = (char *)(size_t)profile_id;
        event.user_id = (char *)(size_t)user_id;
        event.n_fields = n_fields;
        event.fields = (char **)(size_t)fields;
        return event_publish(call, &event.base);
}

/* Says nothing of its owner. */
static char *neutral_name(struct call *call)
{
        static const char letters[] = "bcdfghjkmnpqrstvwxz23456789";
        uint8_t drawn[NAME_LETTERS];
        char *name = arena_strdup(call->arena, "member-??????");
        random_bytes(drawn, sizeof drawn);
        for (size_t i = 0; i < NAME_LETTERS; i++)
                name[strlen("member-") + i] = letters[drawn[i] % (sizeof letters - 1)];
        return name;
}

static status announce_initialized(struct call *call, const Anonymize__Profile *profile)
{
        Anonymize__ProfileInitialized event = ANONYMIZE__PROFILE_INITIALIZED__INIT;
        event.profile_id = profile->id;
        event.user_id = call->caller->user_id;
        event.time_zone = profile->time_zone;
        return event_publish(call, &event.base);
}

static const char *time_zone_of(const struct call *call, const Anonymize__InitializeProfileRequest *in)
{
        if (in->time_zone != NULL)
                return in->time_zone;
        return call->caller->time_zone != NULL ? call->caller->time_zone : "UTC";
}

/* NOT_FOUND when there is one already, whoever was quicker. */
static status make_profile(struct call *call, const Anonymize__InitializeProfileRequest *in, Anonymize__Profile *out)
{
        char id[UUID_SIZE];
        const struct profile_text text = {.display_name = in->display_name};
        uuid_v7(id);
        TRY(db_one(call, &out->base, SQL_INSERT, id, call->caller->user_id, neutral_name(call), time_zone_of(call, in),
                in->locale, in->currency, db_texts(in->n_interest_areas, in->interest_areas)));
        TRY(settings_make(call, out->id));
        TRY(profile_text_change(call, &text, out));
        return announce_initialized(call, out);
}

static status find_profile(struct call *call, Anonymize__Profile *out)
{
        TRY(profile_load_own(call, out));
        call_succeed_as(call, HTTP_OK);
        return profile_text_show(call, out);
}

static status initialize_profile(
        struct call *call, const Anonymize__InitializeProfileRequest *in, Anonymize__InitializedProfile *out)
{
        out->profile = arena_alloc(call->arena, sizeof *out->profile);
        out->privacy_settings = arena_alloc(call->arena, sizeof *out->privacy_settings);
        anonymize__profile__init(out->profile);
        anonymize__privacy_settings__init(out->privacy_settings);
        out->n_next_steps = sizeof next_steps / sizeof *next_steps;
        out->next_steps = (char **)(size_t)next_steps;
        TRY(privacy_job_check_not_leaving(call));
        status made = make_profile(call, in, out->profile);
        if (made == STATUS_NOT_FOUND)
                made = find_profile(call, out->profile);
        TRY(made);
        return settings_load(call, call->caller->user_id, out->privacy_settings);
}

static status get_profile(struct call *call, const Anonymize__GetProfileRequest *in, Anonymize__Profile *out)
{
        (void)in;
        TRY(profile_load_own(call, out));
        return profile_text_show(call, out);
}

static size_t changed_fields(const Anonymize__UpdateProfileRequest *in, const char **out)
{
        size_t count = 0;
        for (unsigned i = 0; i < in->base.descriptor->n_fields; i++)
                if (field_is_set(&in->base, &in->base.descriptor->fields[i]))
                        out[count++] = in->base.descriptor->fields[i].name;
        return count;
}

static status update_row(
        struct call *call, const Anonymize__UpdateProfileRequest *in, int64_t version, Anonymize__Profile *profile)
{
        Anonymize__Profile changed = ANONYMIZE__PROFILE__INIT;
        status result = db_one(call, &changed.base, SQL_UPDATE, profile->id, in->avatar_url,
                db_texts(in->n_expertise_areas, in->expertise_areas),
                db_texts(in->n_interest_areas, in->interest_areas), in->time_zone, in->locale, in->currency, version);
        if (result == STATUS_NOT_FOUND)
                return call_fail(call, STATUS_ABORTED, "the profile was changed meanwhile: read it again");
        *profile = changed;
        return result;
}

static bool is_address(const char *url)
{
        return strncmp(url, "https://", 8) == 0 && strlen(url) > 8 && strcspn(url, " \"<>\\^`{|}@") == strlen(url);
}

static status update_profile(struct call *call, const Anonymize__UpdateProfileRequest *in, Anonymize__Profile *out)
{
        const char *fields[16];
        const struct profile_text text = {in->display_name, in->bio, in->location};
        if (in->avatar_url != NULL && *in->avatar_url != '\0' && !is_address(in->avatar_url))
                return call_invalid(call, "avatar_url", "malformed", "must be an https address");
        TRY(profile_load_own(call, out));
        TRY(call_expect_version(call, out->version));
        TRY(update_row(call, in, out->version, out));
        TRY(profile_text_change(call, &text, out));
        TRY(profile_announce(call, out->id, call->caller->user_id, changed_fields(in, fields), fields));
        return profile_text_show(call, out);
}

RPC_TABLE(profile_rpcs, PROFILE_RPCS);
