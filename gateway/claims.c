/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/claims.h"

#include "gateway/foreign_json.h"

#include <string.h>

static enum problem judge_times(const Sfp__Claims *claims, int64_t now_s)
{
        if ((claims->has_nbf && claims->nbf > now_s + CLAIMS_SKEW_S) ||
                (claims->has_iat && claims->iat > now_s + CLAIMS_SKEW_S))
                return PROBLEM_INVALID_TOKEN;
        return claims->exp > now_s ? PROBLEM_NONE : PROBLEM_TOKEN_EXPIRED;
}

static bool is_issuer_ours(const struct claims_rules *rules, const Sfp__Claims *claims)
{
        return *rules->issuer == '\0' || (claims->iss != NULL && strcmp(claims->iss, rules->issuer) == 0);
}

/* RFC 7519, section 4.1.3: one text, or a list of them of which one must be ours. */
static bool is_audience_ours(const struct claims_rules *rules, const struct json *json)
{
        uint32_t value;
        bool is_ours = *rules->audience == '\0';
        if (!foreign_json_find(json, "aud", &value))
                return is_ours;
        bool is_list = json->tokens[value].type == JSON_ARRAY;
        uint32_t count = is_list ? json->tokens[value].count : 1;
        uint32_t token = is_list ? value + 1 : value;
        for (uint32_t i = 0; i < count; i++, token = json->tokens[token].next) {
                if (json->tokens[token].type != JSON_STRING)
                        return false;
                is_ours |= json_is(json, token, rules->audience);
        }
        return is_ours;
}

static void default_roles(Sfp__Claims *claims)
{
        static char user[] = "user";
        static char *const roles[] = {user};
        if (claims->n_roles > 0)
                return;
        claims->n_roles = 1;
        claims->roles = (char **)(size_t)roles;
}

enum problem claims_read(const struct claims_rules *rules, struct arena *arena, const struct schema_message *schema,
        const char *bytes, size_t size, int64_t now_s, Sfp__Claims **out)
{
        struct json json;
        Sfp__Claims *claims = arena_alloc(arena, sizeof *claims);
        sfp__claims__init(claims);
        if (!foreign_json_read(arena, bytes, size, schema, &claims->base, &json) || !is_issuer_ours(rules, claims) ||
                !is_audience_ours(rules, &json))
                return PROBLEM_INVALID_TOKEN;
        enum problem problem = judge_times(claims, now_s);
        if (problem != PROBLEM_NONE)
                return problem;
        default_roles(claims);
        *out = claims;
        return PROBLEM_NONE;
}
