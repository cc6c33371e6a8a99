/* SPDX-License-Identifier: Apache-2.0 */
/* What is shared, how it is protected, what to set. */
#include "common/rpc.h"
#include "common/service.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/anonymize.h"
#include "svc-anonymize/policy.h"

#define GUIDE_RPCS(RPC)                                                                                                \
        RPC(GetPrivacyGuide, get_privacy_guide, Anonymize__GetPrivacyGuideRequest, Anonymize__PrivacyGuide)
RPC_DECLARE(GUIDE_RPCS)

static const struct {
        const char *key;
        const char *text;
        const char *standard;
        const char *recommendation;
} sections[] = {
#define SECTION(key, text, standard, recommendation) {key, text, standard, recommendation},
#include "svc-anonymize/guide.def"
#undef SECTION
};

enum { SECTIONS = sizeof sections / sizeof *sections, MONTHS = 12 };

static Anonymize__GuideSection *show(struct call *call, size_t i)
{
        Anonymize__GuideSection *out = arena_alloc(call->arena, sizeof *out);
        anonymize__guide_section__init(out);
        out->key = (char *)(size_t)sections[i].key;
        out->text = (char *)(size_t)sections[i].text;
        out->default_ = (char *)(size_t)sections[i].standard;
        out->recommendation = (char *)(size_t)sections[i].recommendation;
        return out;
}

static status get_privacy_guide(
        struct call *call, const Anonymize__GetPrivacyGuideRequest *in, Anonymize__PrivacyGuide *out)
{
        (void)in;
        const struct anonymize_config *config = call->service->config;
        out->version = (char *)(size_t) "1";
        out->sections = arena_alloc(call->arena, SECTIONS * sizeof *out->sections);
        while (out->n_sections < SECTIONS) {
                out->sections[out->n_sections] = show(call, out->n_sections);
                out->n_sections++;
        }
        out->has_min_cohort_size = out->has_epsilon = out->has_delta = out->has_epsilon_year = out->has_delta_year = 1;
        out->min_cohort_size = (int32_t)config->min_cohort_size;
        out->epsilon = config->epsilon;
        out->delta = POLICY_DELTA;
        out->epsilon_year = MONTHS * config->epsilon;
        out->delta_year = MONTHS * POLICY_DELTA;
        return STATUS_OK;
}

RPC_TABLE(guide_rpcs, GUIDE_RPCS);
