/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/token.h"

#include "common/clock.h"
#include "common/config.h"
#include "gateway/jwt.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROLES_MAX = 16, DEFAULT_TTL_S = 3600 };

static const char usage[] = "usage: sfp-gateway token --sub UUID [--role R]... [--ttl SECONDS] [--tier T] [--tz ZONE]\n"
                            "Prints a bearer token made with JWT_SECRET.\n";

struct token_config {
        const char *secret, *issuer, *audience;
        bool access_tokens_only;
};

#define PLACE(member) offsetof(struct token_config, member)
static const struct config_item token_table[] = {
        {"JWT_SECRET", CONFIG_SECRET, PLACE(secret), NULL, 0, 0,
                "base64 of at least 32 bytes; tokens are signed with it"},
        {"JWT_ISSUER", CONFIG_TEXT, PLACE(issuer), "", 0, 0, "`iss` of the token"},
        {"JWT_AUDIENCE", CONFIG_TEXT, PLACE(audience), "", 0, 0, "`aud` of the token"},
        {"JWT_ACCESS_TOKENS_ONLY", CONFIG_BOOL, PLACE(access_tokens_only), "false", 0, 0,
                "`typ` of the token is at+jwt"},
        {0},
};

static bool read_ttl(const char *text, int64_t *out)
{
        char *end;
        errno = 0;
        *out = strtoll(text, &end, 10);
        return errno == 0 && end != text && *end == '\0' && *out > -1000000000 && *out < 1000000000;
}

static bool read_options(int argc, char **argv, Sfp__Claims *claims, int64_t *ttl_s)
{
        static const struct option options[] = {{"sub", required_argument, NULL, 's'},
                {"role", required_argument, NULL, 'r'}, {"ttl", required_argument, NULL, 'l'},
                {"tier", required_argument, NULL, 't'}, {"tz", required_argument, NULL, 'z'}, {0}};
        for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
                if (option == 's')
                        claims->sub = optarg;
                else if (option == 'r' && claims->n_roles < ROLES_MAX)
                        claims->roles[claims->n_roles++] = optarg;
                else if (option == 't')
                        claims->tier = optarg;
                else if (option == 'z')
                        claims->tz = optarg;
                else if (option != 'l' || !read_ttl(optarg, ttl_s))
                        return false;
        }
        return optind == argc && claims->sub != NULL;
}

static int print_token(struct arena *arena, const struct jwt *jwt, Sfp__Claims *claims)
{
        struct violations violations = violations_in(arena);
        const char *token = jwt_sign(jwt, arena, claims, &violations);
        for (size_t i = 0; i < violations.count; i++)
                fprintf(stderr, /* allow(fprintf): a command for people */
                        "%s %s\n", violations.errors[i]->field, violations.errors[i]->message);
        return token != NULL && puts(token) >= 0 ? EXIT_SUCCESS : EXIT_FAILURE; /* allow(puts): a command for people */
}

int token_command(int argc, char **argv)
{
        char *roles[ROLES_MAX];
        struct token_config config;
        Sfp__Claims claims = SFP__CLAIMS__INIT;
        int64_t ttl_s = DEFAULT_TTL_S;
        claims.roles = roles;
        if (!read_options(argc, argv, &claims, &ttl_s)) {
                fputs(usage, stderr);
                return EXIT_FAILURE;
        }
        if (config_read(token_table, &config) != STATUS_OK)
                return EXIT_FAILURE;
        claims.has_iat = claims.has_exp = 1;
        claims.iat = clock_unix_us() / 1000000;
        claims.exp = claims.iat + ttl_s;
        struct schema *schema = schema_new();
        struct arena *arena = arena_new(0);
        const struct jwt_settings settings = {.secret = config.secret,
                .issuer = config.issuer,
                .audience = config.audience,
                .access_tokens_only = config.access_tokens_only};
        struct jwt *jwt = jwt_new(schema, &settings);
        if (jwt == NULL)
                fprintf(stderr, /* allow(fprintf): for people */
                        "JWT_SECRET must be base64 of at least %d bytes\n", JWT_SECRET_MIN);
        int result = jwt == NULL ? EXIT_FAILURE : print_token(arena, jwt, &claims);
        jwt_free(jwt);
        arena_free(arena);
        schema_free(schema);
        return result;
}
