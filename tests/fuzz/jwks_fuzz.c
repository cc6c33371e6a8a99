/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a set of keys: none, or one whose keys can be found again and verify no signature of zeros. */
#include "gateway/jwk.h"
#include "gateway/key_set.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct schema *schema;
        static const uint8_t zeros[KEY_SIGNATURE_MAX];
        static const char *const algorithms[] = {"RS256", "ES256", "EdDSA"};
        static const size_t sizes[] = {
                256, 64}; /* on Ed25519 a point of small order may: who publishes it has no key */
        if (schema == NULL)
                schema = schema_new();
        struct key_set *set = key_set_read(schema, (const char *)bytes, size);
        if (set == NULL)
                return 0;
        FUZZ_ASSERT(size <= KEY_SET_BYTES_MAX && key_set_count(set) <= KEY_SET_MAX);
        FUZZ_ASSERT(key_set_find(set, "a", "HS256") == NULL && key_set_find(set, NULL, "none") == NULL);
        for (int i = 0; i < 3; i++) {
                struct key *key = key_set_find(set, NULL, algorithms[i]);
                if (key == NULL)
                        continue;
                FUZZ_ASSERT(key_set_has(set, key_fingerprint(key)));
                FUZZ_ASSERT(i == 2 || !key_verify(key, "text", 4, zeros, sizes[i]));
        }
        key_set_free(set);
        return 0;
}
