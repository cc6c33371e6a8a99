/* SPDX-License-Identifier: Apache-2.0 */
/* What is owed is offered, and each route is open to whom its rules name and to nobody else. */
#include "tests/e2e/client.h"
#include "tests/e2e/filling.h"

#include "common/buffer.h"
#include "common/uuid.h"
#include "gateway/own_routes.h"
#include "gateway/route.h"

#include <stdio.h>
#include <string.h>

static struct schema *schema;

static void begin(void)
{
        scene_begin();
        schema = schema_new();
}

static void end(void)
{
        schema_free(schema);
        scene_end();
}

/* "/goal-sharing/{share_id}", prefix or not, is "/goal-sharing/{}". */
static const char *nameless(const char *path)
{
        struct buffer out = buffer_in(scene_arena());
        if (strncmp(path, ROUTE_PREFIX, strlen(ROUTE_PREFIX)) == 0)
                path += strlen(ROUTE_PREFIX);
        for (bool is_name = false; *path != '\0'; path++) {
                is_name &= *path != '}';
                if (!is_name)
                        buffer_append(&out, path, 1);
                is_name |= *path == '{';
        }
        return text("%s", buffer_text(&out));
}

static bool is_offered(const struct routes *routes, const char *verb, const char *path)
{
        for (size_t i = 0; i < routes_count(routes); i++)
                if (strcmp(routes_at(routes, i)->verb, verb) == 0 &&
                        strcmp(nameless(routes_at(routes, i)->path), path) == 0)
                        return true;
        return false;
}

TEST(every_row_of_the_contract_is_offered)
{
        static const char *const rows[][2] = {
#define ROW(verb, path) {verb, path},
#include "tests/e2e/contract_rows.def"
#undef ROW
        };
        size_t count = sizeof rows / sizeof *rows, n_offered = 0;
        struct routes *routes = routes_new(schema, own_routes);
        struct buffer missing = buffer_in(scene_arena());
        for (size_t i = 0; i < count; i++) {
                bool is_there = is_offered(routes, rows[i][0], rows[i][1]);
                n_offered += is_there;
                if (!is_there)
                        buffer_printf(&missing, " %s %s", rows[i][0], rows[i][1]);
        }
        routes_free(routes);
        printf("contract: %zu of %zu rows offered\n", n_offered, count);
        ck_assert_msg(n_offered == count, "missing:%s", buffer_text(&missing));
}

/* Those who hold one of the roles do not call these: they would do what is there for all to see. */
static const char *const is_for_all[] = {
        "sfp.peers.Peers.ReleasePeriod",       /* closes a month */
        "sfp.moderation.Moderation.ClaimNext", /* takes whichever case is next */
        "sfp.consistency.Consistency.Repair",  /* looks at every counter there is */
};

static bool is_spared(const char *method)
{
        for (size_t i = 0; i < sizeof is_for_all / sizeof *is_for_all; i++)
                if (strcmp(is_for_all[i], method) == 0)
                        return true;
        return false;
}

static struct answer knock(struct user user, const struct schema_method *method, const Sfp__Route *route)
{
        char key[UUID_SIZE];
        uuid_v4(key);
        const char *const headers[] = {"Content-Type: application/json", text("Idempotency-Key: %s", key), NULL};
        return ask(&(struct request){.verb = route->verb,
                .path = filled_path(method, route),
                .user = user,
                .body = route->body == NULL ? NULL : "{}",
                .size = route->body == NULL ? 0 : 2,
                .headers = route->body == NULL ? NULL : headers});
}

static bool has_rule_for(const struct schema_method *method, const char *role)
{
        for (size_t i = 0; i < method->rules->n_roles; i++)
                if (strcmp(method->rules->roles[i], role) == 0)
                        return true;
        return false;
}

/* The role "user" is everybody with a token. */
static int refusal_for(const struct schema_method *method, const char *role)
{
        if (has_rule_for(method, "public"))
                return 0;
        if (strcmp(role, "nobody") == 0)
                return 401;
        return has_rule_for(method, "user") || has_rule_for(method, role) ? 0 : 403;
}

static const char *code_of(struct answer answer)
{
        return answer.json != NULL && has(answer, "code") ? text_at(answer, "code") : "";
}

/* RFC 6750, section 3: no error for who has sent no token; the roles that would do for who has. */
static bool is_challenged(struct answer answer, int refusal)
{
        const char *challenge = header_of(answer, "WWW-Authenticate");
        if (challenge == NULL || strncmp(challenge, "Bearer realm=", 13) != 0)
                return false;
        return (strstr(challenge, "error=\"insufficient_scope\", scope=\"") != NULL) == (refusal == 403);
}

/* Nothing is there by a random id, and little can be done with an empty body: what is answered says only that somebody
 * came in, and that it did not harm. */
static bool is_as_ruled(struct answer answer, int refusal)
{
        static const char *const codes[] = {[1] = "unauthenticated", [3] = "forbidden"};
        if (refusal != 0)
                return answer.status == refusal && strcmp(code_of(answer), codes[refusal % 10]) == 0 &&
                       is_challenged(answer, refusal);
        return answer.status >= 200 && answer.status < 500 && answer.status != 401 &&
               strcmp(code_of(answer), "forbidden") != 0;
}

struct tally {
        size_t calls, refused, spared;
        struct buffer wrong;
};

static void knock_as(const char *role, struct user user, const struct schema_method *method, const Sfp__Route *route,
        struct tally *tally)
{
        int refusal = refusal_for(method, role);
        if (refusal == 0 && is_spared(method->name)) {
                tally->spared++;
                return;
        }
        struct answer answer = knock(user, method, route);
        tally->calls++;
        tally->refused += refusal != 0;
        if (!is_as_ruled(answer, refusal))
                buffer_printf(&tally->wrong, "\n%s %s as %s: %d %s", route->verb, route->path, role, answer.status,
                        answer.body);
}

TEST(each_route_is_open_to_the_roles_of_its_rules)
{
        static const char *const roles[] = {"nobody", "user", "mod", "admin", "ops"};
        struct tally tally = {.wrong = buffer_in(scene_arena())};
        for (size_t r = 0; r < sizeof roles / sizeof *roles; r++) {
                struct user user = r == 0 ? nobody : new_user_as(roles[r]);
                for (size_t i = 0; i < schema_method_count(schema); i++) {
                        const struct schema_method *method = schema_method_at(schema, i);
                        for (size_t n = 0; n < method->rules->n_route; n++)
                                knock_as(roles[r], user, method, method->rules->route[n], &tally);
                }
        }
        printf("roles: %zu calls, %zu of them refused as ruled, %zu spared\n", tally.calls, tally.refused,
                tally.spared);
        ck_assert_msg(tally.wrong.length == 0, "%s", buffer_text(&tally.wrong));
        ck_assert_uint_gt(tally.refused, 0);
}

SUITE_WITH(begin, end, "e2e/contract", NO_FORK, T(every_row_of_the_contract_is_offered),
        T(each_route_is_open_to_the_roles_of_its_rules))
