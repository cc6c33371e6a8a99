/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/challenge.h"

#define REALM "Bearer realm=\"social\""

/* Who has sent no token is told of no error. What is wrong with one is not told closer than its owner can mend it. */
static const struct {
        enum problem problem;
        const char *value;
} challenges[] = {
        {PROBLEM_UNAUTHENTICATED, REALM},
        {PROBLEM_INVALID_TOKEN, REALM ", error=\"invalid_token\", error_description=\"The token is not accepted\""},
        {PROBLEM_TOKEN_EXPIRED, REALM ", error=\"invalid_token\", error_description=\"The token has expired\""},
        {PROBLEM_REAUTHENTICATE, REALM ", error=\"insufficient_user_authentication\", max_age=\"300\""}, /* RFC 9470 */
        {PROBLEM_TOKEN_MISPLACED, REALM
                ", error=\"invalid_request\", error_description=\"The token belongs in the Authorization header\""},
};

const char *challenge_of(const struct exchange *exchange, enum problem problem)
{
        for (size_t i = 0; i < sizeof challenges / sizeof *challenges; i++)
                if (challenges[i].problem == problem)
                        return challenges[i].value;
        if (problem != PROBLEM_FORBIDDEN || exchange->roles_wanted == NULL)
                return NULL;
        return arena_printf(
                exchange->arena, REALM ", error=\"insufficient_scope\", scope=\"%s\"", exchange->roles_wanted);
}
