/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/authenticate.h"

#include "common/clock.h"

#include <string.h>
#include <strings.h>

static bool has_word(char *const *words, size_t count, const char *word)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(words[i], word) == 0)
                        return true;
        return false;
}

/* The token of "Bearer <token>" (RFC 6750); NULL for any other scheme. */
static const char *bearer_token(const char *header)
{
        static const char scheme[] = "Bearer ";
        if (strncasecmp(header, scheme, sizeof scheme - 1) != 0)
                return NULL;
        header += sizeof scheme - 1;
        return header + strspn(header, " ");
}

static Sfp__Caller *new_caller(struct arena *arena, const Sfp__Claims *claims)
{
        Sfp__Caller *caller = arena_alloc(arena, sizeof *caller);
        sfp__caller__init(caller);
        if (claims != NULL) {
                caller->user_id = claims->sub;
                caller->n_roles = claims->n_roles;
                caller->roles = claims->roles;
                caller->tier = claims->tier;
                caller->time_zone = claims->tz;
                caller->has_authenticated_at = claims->has_auth_time || claims->has_iat;
                caller->authenticated_at = claims->has_auth_time ? claims->auth_time : claims->iat;
        }
        return caller;
}

/* RFC 6750, section 2.3: a token in the address ends in logs and histories. Who sends one must learn not to. */
static bool has_token_in_query(const struct exchange *exchange)
{
        static const char name[] = "access_token=";
        const char *at = exchange->request.query;
        while (at != NULL && strncmp(at, name, sizeof name - 1) != 0) {
                at = strchr(at, '&');
                at = at == NULL ? NULL : at + 1;
        }
        return at != NULL;
}

/* The role "user" is everybody with a token. */
static bool may_call(const Sfp__MethodRules *rules, const Sfp__Caller *caller)
{
        for (size_t i = 0; i < rules->n_roles; i++)
                if (strcmp(rules->roles[i], "user") == 0 || has_word(caller->roles, caller->n_roles, rules->roles[i]))
                        return true;
        return false;
}

/* FORBIDDEN, with the roles of which one is wanted. */
static enum problem refuse(struct exchange *exchange, char *const *roles, size_t count)
{
        struct buffer text = buffer_in(exchange->arena);
        for (size_t i = 0; i < count; i++)
                buffer_printf(&text, "%s%s", i == 0 ? "" : " ", roles[i]);
        exchange->roles_wanted = count == 0 ? NULL : buffer_text(&text);
        return PROBLEM_FORBIDDEN;
}

enum problem authenticate_user(const struct jwt *jwt, struct exchange *exchange, Sfp__Caller **out, int64_t *expires_at)
{
        if (has_token_in_query(exchange))
                return PROBLEM_TOKEN_MISPLACED;
        const char *header = exchange->request.headers[HEADER_AUTHORIZATION];
        const char *token = header == NULL ? NULL : bearer_token(header);
        if (token == NULL)
                return PROBLEM_UNAUTHENTICATED;
        Sfp__Claims *claims;
        enum problem problem = jwt_verify(jwt, exchange->arena, token, clock_unix_us() / 1000000, &claims);
        if (problem != PROBLEM_NONE)
                return problem;
        *out = new_caller(exchange->arena, claims);
        *expires_at = claims->exp;
        return PROBLEM_NONE;
}

enum problem authenticate(const struct jwt *jwt, struct exchange *exchange, Sfp__Caller **out)
{
        const Sfp__MethodRules *rules = exchange->match.route->method->rules;
        bool is_public = has_word(rules->roles, rules->n_roles, "public");
        int64_t expires_at;
        if (exchange->request.headers[HEADER_AUTHORIZATION] == NULL && !has_token_in_query(exchange)) {
                *out = new_caller(exchange->arena, NULL);
                return is_public ? PROBLEM_NONE : PROBLEM_UNAUTHENTICATED;
        }
        enum problem problem = authenticate_user(jwt, exchange, out, &expires_at);
        if (problem != PROBLEM_NONE)
                return problem;
        if (is_public || may_call(rules, *out))
                return PROBLEM_NONE;
        return refuse(exchange, rules->roles, rules->n_roles);
}

enum problem authenticate_role(const struct jwt *jwt, struct exchange *exchange, const char *role)
{
        Sfp__Caller *caller;
        int64_t expires_at;
        enum problem problem = authenticate_user(jwt, exchange, &caller, &expires_at);
        if (problem != PROBLEM_NONE || has_word(caller->roles, caller->n_roles, role))
                return problem;
        return refuse(exchange, (char *[]){(char *)(size_t)role}, 1);
}
