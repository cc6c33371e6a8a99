/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/issued.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NOW_S = 1000, LOOK_MS = 20 };

struct issued issued;

void issued_publish(struct issuer_key *const keys[], size_t count)
{
        const char *jwks[8] = {NULL};
        for (size_t i = 0; i < count; i++)
                jwks[i] = issuer_jwk(issued.arena, keys[i], "");
        issuer_publish(issued.path, issuer_set(issued.arena, jwks));
}

void issued_begin(void)
{
        static const char *const algorithms[] = {"RS256", "ES256", "EdDSA"};
        issued = (struct issued){.arena = arena_new(0), .schema = schema_new(), .metrics = metrics_new()};
        snprintf(issued.path, sizeof issued.path, "/tmp/sfp-jwks-%d.json", (int)getpid());
        for (int i = 0; i < 3; i++)
                issued.keys[i] = issuer_key(issued.arena, algorithms[i], algorithms[i]);
        issued_publish(issued.keys, 3);
        const struct key_source_settings from = {.file = issued.path, .refresh_ms = LOOK_MS, .pause_ms = LOOK_MS};
        ck_assert_int_eq(key_source_start(issued.schema, &from, issued.metrics, &issued.source), STATUS_OK);
        issued.settings = (struct jwt_settings){
                .keys = issued.source, .issuer = ISSUER, .audience = AUDIENCE, .metrics = issued.metrics};
        issued_again();
}

void issued_end(void)
{
        jwt_free(issued.jwt);
        key_source_stop(issued.source);
        unlink(issued.path);
        metrics_free(issued.metrics);
        schema_free(issued.schema);
        arena_free(issued.arena);
}

void issued_again(void)
{
        jwt_free(issued.jwt);
        issued.jwt = jwt_new(issued.schema, &issued.settings);
        ck_assert_ptr_nonnull(issued.jwt);
}

enum problem issued_verify(const char *token)
{
        return jwt_verify(issued.jwt, issued.arena, token, NOW_S, &issued.claims);
}

bool issued_counted(const char *line)
{
        struct buffer text = buffer_in(issued.arena);
        metrics_print(issued.metrics, METRICS_TEXT, &text);
        return strstr(buffer_text(&text), line) != NULL;
}
