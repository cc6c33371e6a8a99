/* SPDX-License-Identifier: Apache-2.0 */
#include "common/access.h"

#include <string.h>

static bool is_listed(size_t count, char *const *words, const char *word)
{
        for (size_t i = 0; word != NULL && i < count; i++)
                if (strcmp(words[i], word) == 0)
                        return true;
        return false;
}

/* Another service calls for itself and must be named, or "*" says that any may; a user needs a role, and every user has
 * the role "user"; "public" needs nobody. */
status access_check(struct call *call)
{
        const Sfp__MethodRules *rules = call->method->rules;
        if (is_listed(rules->n_roles, rules->roles, "public") ||
                is_listed(rules->n_callers, rules->callers, call->caller->service) ||
                (call->caller->service != NULL && is_listed(rules->n_callers, rules->callers, "*")))
                return STATUS_OK;
        if (call->caller->service == NULL && call->caller->user_id == NULL)
                return call_fail(call, STATUS_UNAUTHENTICATED, "this needs a user");
        for (size_t i = 0; call->caller->service == NULL && i < rules->n_roles; i++)
                if (strcmp(rules->roles[i], "user") == 0 || call_has_role(call, rules->roles[i]))
                        return STATUS_OK;
        return call_fail(call, STATUS_PERMISSION_DENIED, "this is not for your role");
}
