/* SPDX-License-Identifier: Apache-2.0 */
/* Three ways in: any bytes as a token, which must be refused; any bytes as the claims of a token that is well signed,
 * which must be refused or name a user; and as its header. */
#include "common/base64.h"
#include "common/hmac.h"
#include "common/uuid.h"
#include "gateway/jwt.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const uint8_t good_header[] = "{\"alg\":\"HS256\"}";
static const uint8_t good_claims[] = "{\"sub\":\"8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11\",\"exp\":2000}";
static const char key[] = "an example key of 36 bytes, no more.";

static const char *sign(
        struct arena *arena, const uint8_t *header, size_t header_size, const uint8_t *claims, size_t size)
{
        static struct hmac *hmac;
        uint8_t signature[HMAC_SIZE];
        if (hmac == NULL)
                hmac = hmac_new(key, sizeof key - 1);
        const char *signed_part = arena_printf(
                arena, "%s.%s", base64url_encode(arena, header, header_size), base64url_encode(arena, claims, size));
        hmac_sign(hmac, signed_part, strlen(signed_part), signature);
        return arena_printf(arena, "%s.%s", signed_part, base64url_encode(arena, signature, sizeof signature));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct jwt *jwt;
        struct arena *arena = arena_new(0);
        Sfp__Claims *claims;
        if (jwt == NULL)
                jwt = jwt_new(
                        schema_new(), &(struct jwt_settings){.secret = base64_encode(arena, key, sizeof key - 1)});
        const char *token = arena_strndup(arena, (const char *)bytes, size);
        FUZZ_ASSERT(jwt_verify(jwt, arena, token, 1000, &claims) != PROBLEM_NONE);
        token = sign(arena, good_header, sizeof good_header - 1, bytes, size);
        if (jwt_verify(jwt, arena, token, 1000, &claims) == PROBLEM_NONE)
                FUZZ_ASSERT(uuid_is_valid(claims->sub) && claims->exp > 1000 && claims->n_roles > 0);
        token = sign(arena, bytes, size, good_claims, sizeof good_claims - 1);
        if (jwt_verify(jwt, arena, token, 1000, &claims) == PROBLEM_NONE)
                FUZZ_ASSERT(uuid_is_valid(claims->sub));
        arena_free(arena);
        return 0;
}
