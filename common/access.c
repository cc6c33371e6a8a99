/* SPDX-License-Identifier: Apache-2.0 */
#include "common/access.h"

#include "common/identity.h"

#include <string.h>

static bool is_listed(size_t count, char *const *words, const char *word)
{
        for (size_t i = 0; word != NULL && i < count; i++)
                if (strcmp(words[i], word) == 0)
                        return true;
        return false;
}

/* Who comes through the gateway with a user is that user. */
static bool is_user(const Sfp__Caller *caller)
{
        return caller->user_id != NULL && strcmp(caller->service, IDENTITY_GATEWAY) == 0;
}

static bool is_named(const Sfp__MethodRules *rules, const Sfp__Caller *caller)
{
        return is_listed(rules->n_callers, rules->callers, caller->service) ||
               is_listed(rules->n_callers, rules->callers, "*");
}

/* A user needs a role, and every user has the role "user"; "public" needs nobody. A process that calls otherwise, for
 * itself or on behalf of somebody, must be named; "*" names all. */
status access_check(struct call *call)
{
        const Sfp__MethodRules *rules = call->method->rules;
        const Sfp__Caller *caller = call->caller;
        if (is_listed(rules->n_roles, rules->roles, "public"))
                return STATUS_OK;
        if (!is_user(caller) && is_named(rules, caller))
                return STATUS_OK;
        if (!is_user(caller) && strcmp(caller->service, IDENTITY_GATEWAY) == 0)
                return call_fail(call, STATUS_UNAUTHENTICATED, "this needs a user");
        for (size_t i = 0; is_user(caller) && i < rules->n_roles; i++)
                if (strcmp(rules->roles[i], "user") == 0 || call_has_role(call, rules->roles[i]))
                        return STATUS_OK;
        return call_fail(call, STATUS_PERMISSION_DENIED, "this is not for your role");
}
