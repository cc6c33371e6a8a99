/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/looks.h"

#include "common/event.h"
#include "sfp/personal.pb-c.h"

#include <string.h>

status look_record(struct call *call, const char *user_id, const char *purpose)
{
        Personal__PersonalDataAccessed event = PERSONAL__PERSONAL_DATA_ACCESSED__INIT;
        if (user_id == NULL || strcmp(user_id, call->caller->user_id) == 0)
                return STATUS_OK;
        event.user_id = (char *)(size_t)user_id;
        event.purpose = (char *)(size_t)purpose;
        event.actor_role = (char *)(size_t)(call_has_role(call, "mod") ? "mod" : "admin");
        return event_publish(call, &event.base);
}
