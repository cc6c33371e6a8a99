/* SPDX-License-Identifier: Apache-2.0 */
/* One's own things with others' eyes. Whoever holds them shows them (common/preview.h), this service among the others.
 */
#include "common/rpc.h"
#include "common/rpc_call.h"
#include "sfp/anonymize.pb-c.h"
#include "sfp/personal.pb-c.h"

#include <string.h>

#define PRIVACY_PREVIEW_RPCS(RPC)                                                                                      \
        RPC(GetPrivacyPreview, get_privacy_preview, Anonymize__GetPrivacyPreviewRequest, Anonymize__PrivacyPreview)
RPC_DECLARE(PRIVACY_PREVIEW_RPCS)

/* Who holds what; the words of the request's field `resource`. */
static const struct {
        const char *resource;
        const char *service;
} holders[] = {
        {"profile", "anonymize"},
        {"shares", "goals"},
        {"topics", "forum"},
        {"activities", "feed"},
        {"mentor_profile", "mentor"},
};

static const char *holder_of(const char *resource)
{
        size_t i = 0;
        while (strcmp(holders[i].resource, resource) != 0) /* one of them, as the rules say */
                i++;
        return holders[i].service;
}

static status get_privacy_preview(
        struct call *call, const Anonymize__GetPrivacyPreviewRequest *in, Anonymize__PrivacyPreview *out)
{
        ProtobufCMessage *reply;
        Personal__PreviewRequest request = PERSONAL__PREVIEW_REQUEST__INIT;
        request.user_id = call->caller->user_id;
        request.as = in->as;
        request.resource = in->resource;
        TRY(rpc_call_at(call, holder_of(in->resource), "sfp.personal.Personal.Preview", &request.base, &reply));
        const Personal__Previewed *shown = (const Personal__Previewed *)reply;
        out->as = in->as;
        out->resource = in->resource;
        out->rendered = shown->rendered;
        out->n_hidden_fields = shown->n_hidden_fields;
        out->hidden_fields = shown->hidden_fields;
        out->has_hidden_items = 1;
        out->hidden_items = shown->hidden_items;
        return STATUS_OK;
}

RPC_TABLE(privacy_preview_rpcs, PRIVACY_PREVIEW_RPCS);
