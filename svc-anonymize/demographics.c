/* SPDX-License-Identifier: Apache-2.0 */
/* Exact facts about people, sealed at rest, and the bands that are all that leaves this service of them. */
#include "svc-anonymize/demographics.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/json_write.h"
#include "common/keyring.h"
#include "common/rpc.h"
#include "common/sealed.h"
#include "common/service.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/accesses.h"
#include "svc-anonymize/bands.h"
#include "svc-anonymize/consents.h"

#include <stdlib.h>
#include <string.h>

#define DEMOGRAPHICS_RPCS(RPC)                                                                                         \
        RPC(ShowCohort, show_cohort, Anonymize__ShowCohortRequest, Anonymize__CohortBands)                             \
        RPC(Generalize, generalize, Anonymize__GeneralizeRequest, Anonymize__Bands)                                    \
        RPC(GetDemographics, get_demographics, Anonymize__GetDemographicsRequest, Anonymize__Demographics)             \
        RPC(PutDemographics, put_demographics, Anonymize__PutDemographicsRequest, Anonymize__Demographics)             \
        RPC(DeleteDemographics, delete_demographics, Anonymize__GetDemographicsRequest, Sfp__Empty)
RPC_DECLARE(DEMOGRAPHICS_RPCS)

/* How coarse what others see is: finest amounts and ages, ten incomes, a census division or a country. */
enum { AMOUNT_LEVEL = 0, AGE_LEVEL = 0, INCOME_LEVEL = 0, REGION_LEVEL = 1 };

/* Cohorts are of more people: ten years, five incomes. */
enum { COHORT_AGE_LEVEL = 1, COHORT_INCOME_LEVEL = 1 };

static const char SQL_GET[] = "SELECT sealed, updated_on FROM demographics WHERE owner_tag = $1";
static const char SQL_PUT[] = "INSERT INTO demographics (owner_tag, sealed) VALUES ($1, $2) ON CONFLICT (owner_tag)"
                              " DO UPDATE SET sealed = excluded.sealed, updated_on = current_date RETURNING updated_on";
static const char SQL_SHARED[] = "SELECT share_goal_amounts, share_age_range, share_income_range, share_location_region"
                                 " FROM user_privacy_settings WHERE user_id = $1";
static const char SQL_DELETE[] = "DELETE FROM demographics WHERE owner_tag = $1";

ProtobufCBinaryData demographics_tag(struct call *call, const char *user_id)
{
        return keyring_tag(call->service->keys, call->arena, "anonymize demographics", user_id);
}

static const char *context_of(struct call *call, const char *user_id)
{
        return arena_printf(call->arena, "demographics of %s", user_id);
}

/* The facts of a person; all absent for somebody unknown. *updated_on may be NULL. */
static status load_facts(struct call *call, const char *user_id, Anonymize__SealedDemographics **out, char **updated_on)
{
        Anonymize__DemographicsRow row = ANONYMIZE__DEMOGRAPHICS_ROW__INIT;
        status found = db_one(call, &row.base, SQL_GET, demographics_tag(call, user_id));
        if (updated_on != NULL)
                *updated_on = row.updated_on;
        if (found == STATUS_OK)
                return sealed_open(call, context_of(call, user_id), row.sealed,
                        &anonymize__sealed_demographics__descriptor, (ProtobufCMessage **)out);
        *out = arena_alloc(call->arena, sizeof **out);
        anonymize__sealed_demographics__init(*out);
        return found == STATUS_NOT_FOUND ? STATUS_OK : found;
}

static int current_year(void)
{
        char today[CLOCK_RFC3339_SIZE];
        clock_rfc3339(clock_unix_us(), today);
        today[4] = '\0';
        return (int)strtol(today, NULL, 10);
}

static char *age_group(const Anonymize__SealedDemographics *facts, unsigned level)
{
        return facts->has_birth_year ? (char *)(size_t)bands_birth_year(facts->birth_year, current_year(), level)
                                     : NULL;
}

static char *income_range(const Anonymize__SealedDemographics *facts, unsigned level)
{
        return facts->has_annual_income && facts->currency != NULL
                       ? (char *)(size_t)bands_income(facts->annual_income, facts->currency, level)
                       : NULL;
}

static char *location_region(const Anonymize__SealedDemographics *facts)
{
        return facts->region != NULL ? (char *)(size_t)bands_region(facts->region, REGION_LEVEL) : NULL;
}

static void fill_bands(const Anonymize__SealedDemographics *facts, Anonymize__Demographics *out)
{
        out->user_age_group = age_group(facts, AGE_LEVEL);
        out->user_income_range = income_range(facts, INCOME_LEVEL);
        out->user_location_region = location_region(facts);
}

/* What the request says goes before what is stored. */
static void overlay_request(
        const Anonymize__GeneralizeRequest *in, Anonymize__SealedDemographics *facts, Anonymize__Bands *out)
{
        if (in->has_annual_income) {
                facts->has_annual_income = 1;
                facts->annual_income = in->annual_income;
                facts->currency = in->currency;
        }
        if (in->location != NULL)
                facts->region = in->location;
        out->user_age_group = in->has_age ? (char *)(size_t)bands_age(in->age, AGE_LEVEL) : age_group(facts, AGE_LEVEL);
        out->user_income_range = income_range(facts, INCOME_LEVEL);
        out->user_location_region = location_region(facts);
}

/* Of somebody with a profile only those bands are given that its settings share. */
static status keep_private(
        struct call *call, const Anonymize__GeneralizeRequest *in, Anonymize__Bands *out, bool *hides_amounts)
{
        Anonymize__PrivacySettings settings = ANONYMIZE__PRIVACY_SETTINGS__INIT;
        if (in->user_id == NULL)
                return STATUS_OK;
        status found = db_one(call, &settings.base, SQL_SHARED, in->user_id);
        if (found != STATUS_OK)
                return found == STATUS_NOT_FOUND ? STATUS_OK : found;
        if (!settings.share_age_range)
                out->user_age_group = NULL;
        if (!settings.share_income_range)
                out->user_income_range = NULL;
        if (!settings.share_location_region)
                out->user_location_region = NULL;
        *hides_amounts = !settings.share_goal_amounts;
        return STATUS_OK;
}

static bool has_bands(const Anonymize__Bands *bands)
{
        return bands->user_age_group != NULL || bands->user_income_range != NULL || bands->user_location_region != NULL;
}

status demographics_generalize(struct call *call, const Anonymize__GeneralizeRequest *in, Anonymize__Bands *out)
{
        Anonymize__SealedDemographics nothing = ANONYMIZE__SEALED_DEMOGRAPHICS__INIT;
        Anonymize__SealedDemographics *facts = &nothing;
        bool hides_amounts = false;
        if (in->user_id != NULL)
                TRY(load_facts(call, in->user_id, &facts, NULL));
        overlay_request(in, facts, out);
        TRY(keep_private(call, in, out, &hides_amounts));
        if (in->user_id != NULL && has_bands(out))
                TRY(access_record(call, in->user_id, "share_bands"));
        if (in->has_amount && in->currency != NULL && !hides_amounts)
                out->amount_range = (char *)(size_t)bands_amount(call->arena, in->amount, in->currency, AMOUNT_LEVEL);
        return STATUS_OK;
}

static status show_cohort(struct call *call, const Anonymize__ShowCohortRequest *in, Anonymize__CohortBands *out)
{
        Anonymize__SealedDemographics *facts;
        bool is_withdrawn = false;
        TRY(consents_imply(call, in->user_id, "peer_comparison", "peer_comparison", &is_withdrawn));
        out->has_is_withdrawn = 1;
        out->is_withdrawn = is_withdrawn;
        if (is_withdrawn)
                return STATUS_OK;
        TRY(load_facts(call, in->user_id, &facts, NULL));
        out->age_group = age_group(facts, COHORT_AGE_LEVEL);
        out->income_range = income_range(facts, COHORT_INCOME_LEVEL);
        out->region = location_region(facts);
        if (out->age_group == NULL && out->income_range == NULL && out->region == NULL)
                return STATUS_OK;
        return access_record(call, in->user_id, "cohort");
}

static status generalize(struct call *call, const Anonymize__GeneralizeRequest *in, Anonymize__Bands *out)
{
        return demographics_generalize(call, in, out);
}

status demographics_export(struct call *call, const char *user_id, Personal__PersonalTable *out)
{
        struct buffer json = buffer_in(call->arena);
        Anonymize__SealedDemographics *facts;
        TRY(load_facts(call, user_id, &facts, NULL));
        json_write_sparse(&json, &facts->base);
        out->rows = arena_alloc(call->arena, sizeof *out->rows);
        out->rows[0] = arena_strdup(call->arena, buffer_text(&json));
        out->n_rows = strcmp(out->rows[0], "{}") != 0;
        return STATUS_OK;
}

static status get_demographics(
        struct call *call, const Anonymize__GetDemographicsRequest *in, Anonymize__Demographics *out)
{
        (void)in;
        Anonymize__SealedDemographics *facts;
        TRY(load_facts(call, call->caller->user_id, &facts, &out->updated_on));
        fill_bands(facts, out);
        return STATUS_OK;
}

static status put_demographics(
        struct call *call, const Anonymize__PutDemographicsRequest *in, Anonymize__Demographics *out)
{
        const char *user = call->caller->user_id;
        Anonymize__SealedDemographics facts = ANONYMIZE__SEALED_DEMOGRAPHICS__INIT;
        facts.has_birth_year = in->has_birth_year;
        facts.birth_year = in->birth_year;
        facts.has_annual_income = in->has_annual_income;
        facts.annual_income = in->annual_income;
        facts.currency = in->currency;
        facts.region = in->region;
        if (in->has_birth_year && in->birth_year > current_year())
                return call_invalid(call, "birth_year", "out_of_range", "must not be in the future");

        fill_bands(&facts, out);
        return db_later(call, &out->base, SQL_PUT, demographics_tag(call, user),
                sealed_message(call, context_of(call, user), &facts.base));
}

static status delete_demographics(struct call *call, const Anonymize__GetDemographicsRequest *in, Sfp__Empty *out)
{
        (void)in;
        (void)out;
        return db_later(call, NULL, SQL_DELETE, demographics_tag(call, call->caller->user_id));
}

RPC_TABLE(demographics_rpcs, DEMOGRAPHICS_RPCS);
