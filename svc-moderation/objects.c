/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/objects.h"

#include "common/rpc_call.h"

#include <string.h>

static const struct {
        const char *type;
        const char *service;
} objects[] = {
#define OBJECT(type, service) {#type, service},
#include "svc-moderation/objects.def"
#undef OBJECT
};

static const char *service_of(const char *type)
{
        for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
                if (strcmp(objects[i].type, type) == 0)
                        return objects[i].service;
        return NULL;
}

status object_show(
        struct call *call, const char *object_type, const char *object_id, const char *viewer, Content__Snapshot **out)
{
        Content__ShowRequest request = CONTENT__SHOW_REQUEST__INIT;
        const char *service = service_of(object_type);
        if (service == NULL)
                return call_fail(call, STATUS_NOT_FOUND, "there is no such thing");
        request.object_type = (char *)(size_t)object_type;
        request.object_id = (char *)(size_t)object_id;
        request.viewer_user_id = (char *)(size_t)viewer;
        return rpc_call_at(call, service, "sfp.content.Content.Show", &request.base, (ProtobufCMessage **)out);
}
