/* SPDX-License-Identifier: Apache-2.0 */
/* What a bearer token costs to verify, against the bare signature in the same run:
 *   token_bench ALGORITHM SECONDS
 * prints "known/s anew/s bare/s": the token when it is remembered, when it is not, and nothing but the library's check
 * of its signature. ALGORITHM: HS256, RS256, ES256 or EdDSA. */
#include "common/base64.h"
#include "common/clock.h"
#include "gateway/jwk.h"
#include "gateway/jwt.h"
#include "tests/gateway/issuer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET   "an example key of 36 bytes, no more."
#define ISSUER   "https://id.example"
#define AUDIENCE "https://social.example"
#define CLAIMS                                                                                                         \
        "{\"iss\":\"" ISSUER "\",\"aud\":\"" AUDIENCE "\",\"sub\":\"8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11\",\"iat\":1," \
        "\"exp\":4102444800,\"roles\":[\"user\"],\"tier\":\"plus\",\"tz\":\"Europe/Berlin\"}"

struct bench {
        struct arena *arena; /* of a verification */
        struct arena *own;   /* of what is prepared */
        const struct jwt *jwt;
        struct key *key;
        const char *token;
        const char *dot; /* before the signature */
        const uint8_t *signature;
        size_t signature_size;
};

static void verify_token(const struct bench *bench)
{
        Sfp__Claims *claims;
        if (jwt_verify(bench->jwt, bench->arena, bench->token, 1000, &claims) != PROBLEM_NONE)
                abort();
}

static void verify_signature(const struct bench *bench)
{
        if (!key_verify(bench->key, bench->token, (size_t)(bench->dot - bench->token), bench->signature,
                    bench->signature_size))
                abort();
}

/* How many a second. */
static double measure(const struct bench *bench, void (*step)(const struct bench *bench), double seconds)
{
        enum { BATCH = 50 };
        int64_t begun_us = clock_now_us(), now_us = begun_us, count = 0;
        for (; now_us - begun_us < (int64_t)(seconds * 1e6); now_us = clock_now_us()) {
                for (int i = 0; i < BATCH; i++) {
                        step(bench);
                        arena_reset(bench->arena);
                }
                count += BATCH;
        }
        return (double)count * 1e6 / (double)(now_us - begun_us);
}

/* The keys of an issuer, by way of a file that is gone afterwards. */
static struct key_source *start_source(
        const struct schema *schema, struct arena *arena, const struct issuer_key *key, struct metrics *metrics)
{
        char path[] = "/tmp/sfp-bench-XXXXXX";
        struct key_source *source;
        const char *const jwks[] = {issuer_jwk(arena, key, ""), NULL};
        const struct key_source_settings settings = {.file = path, .refresh_ms = 1000, .pause_ms = 1000};
        int fd = mkstemp(path);
        issuer_publish(path, issuer_set(arena, jwks));
        if (fd < 0 || key_source_start(schema, &settings, metrics, &source) != STATUS_OK)
                abort();
        close(fd);
        unlink(path);
        return source;
}

/* A token with the instance's own secret. */
static void prepare_secret(struct bench *bench, const struct schema *schema, struct jwt_settings *settings)
{
        struct violations violations = violations_in(bench->own);
        Sfp__Claims claims = SFP__CLAIMS__INIT;
        claims.sub = (char[]){"8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"};
        claims.has_exp = claims.has_iat = 1;
        claims.exp = 4102444800;
        claims.tier = (char[]){"plus"};
        claims.tz = (char[]){"Europe/Berlin"};
        settings->secret = base64_encode(bench->own, SECRET, sizeof SECRET - 1);
        struct jwt *jwt = jwt_new(schema, settings);
        bench->token = jwt_sign(jwt, bench->own, &claims, &violations);
        bench->key = key_new_hs256(SECRET, sizeof SECRET - 1);
        jwt_free(jwt);
}

/* One of an issuer outside. */
static void prepare_issuer(struct bench *bench, const struct schema *schema, const char *algorithm,
        struct metrics *metrics, struct jwt_settings *settings)
{
        struct jwk jwk;
        struct issuer_key *issuer = issuer_key(bench->own, algorithm, "bench");
        const char *json = issuer_jwk(bench->own, issuer, "");
        if (!jwk_read(schema, json, strlen(json), &jwk))
                abort();
        settings->keys = start_source(schema, bench->own, issuer, metrics);
        bench->token = issuer_token(bench->own, issuer, CLAIMS);
        bench->key = jwk.key;
}

static double measure_with(
        struct bench *bench, const struct schema *schema, const struct jwt_settings *settings, double seconds)
{
        struct jwt *jwt = jwt_new(schema, settings);
        bench->jwt = jwt;
        double rate = measure(bench, verify_token, seconds);
        jwt_free(jwt);
        return rate;
}

int main(int argc, char **argv)
{
        if (argc != 3)
                return EXIT_FAILURE;
        double seconds = strtod(argv[2], NULL);
        struct schema *schema = schema_new();
        struct metrics *metrics = metrics_new();
        struct bench bench = {.arena = arena_new(0), .own = arena_new(0)};
        struct jwt_settings settings = {.issuer = ISSUER, .audience = AUDIENCE};
        if (strcmp(argv[1], "HS256") == 0)
                prepare_secret(&bench, schema, &settings);
        else
                prepare_issuer(&bench, schema, argv[1], metrics, &settings);
        bench.dot = strrchr(bench.token, '.');
        bench.signature = base64url_decode(bench.own, bench.dot + 1, strlen(bench.dot + 1), &bench.signature_size);
        double anew = measure_with(&bench, schema, &settings, seconds);
        settings.metrics = metrics;
        double known = measure_with(&bench, schema, &settings, seconds);
        printf("%.0f %.0f %.0f\n", known, anew, measure(&bench, verify_signature, seconds));
        key_source_stop(settings.keys);
        key_release(bench.key);
        arena_free(bench.arena);
        arena_free(bench.own);
        metrics_free(metrics);
        schema_free(schema);
        return EXIT_SUCCESS;
}
