/* SPDX-License-Identifier: Apache-2.0 */
#include "common/hmac.h"
#include "tests/suite.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* RFC 4231: HMAC-SHA-256. Case 5, which is about cut tags, is left out. */
static const struct {
        const char *key;
        size_t key_size;
        const char *data;
        size_t data_size;
        const char *mac; /* hexadecimal */
} cases[] = {
        {"\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", 20, "Hi There", 8,
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", 4, "what do ya want for nothing?", 28,
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31", 25,
                "\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd"
                "\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd",
                50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
};

/* Cases 6 and 7 have a key of 131 bytes 0xaa. */
static const struct {
        const char *data, *mac;
} long_key_cases[] = {
        {"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
         "hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

static void assert_mac(const void *key, size_t key_size, const void *data, size_t size, const char *expected)
{
        struct hmac *hmac = hmac_new(key, key_size);
        uint8_t mac[HMAC_SIZE];
        char text[2 * HMAC_SIZE + 1];
        hmac_sign(hmac, data, size, mac);
        for (int i = 0; i < HMAC_SIZE; i++)
                snprintf(text + 2 * i, 3, "%02x", mac[i]);
        ck_assert_str_eq(text, expected);
        hmac_free(hmac);
}

TEST(the_vectors_of_rfc_4231_hold)
{
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
                assert_mac(cases[i].key, cases[i].key_size, cases[i].data, cases[i].data_size, cases[i].mac);
        char key[131];
        memset(key, 0xaa, sizeof key);
        for (size_t i = 0; i < sizeof long_key_cases / sizeof *long_key_cases; i++)
                assert_mac(
                        key, sizeof key, long_key_cases[i].data, strlen(long_key_cases[i].data), long_key_cases[i].mac);
}
END_TEST

TEST(a_key_signs_the_same_again)
{
        struct hmac *hmac = hmac_new("key", 3);
        uint8_t first[HMAC_SIZE], second[HMAC_SIZE];
        hmac_sign(hmac, "text", 4, first);
        hmac_sign(hmac, "text2", 5, second);
        ck_assert(!hmac_equal(first, second, HMAC_SIZE));
        hmac_sign(hmac, "text", 4, second);
        ck_assert(hmac_equal(first, second, HMAC_SIZE));
        hmac_free(hmac);
}
END_TEST

TEST(every_byte_counts_in_a_comparison)
{
        uint8_t left[HMAC_SIZE] = {0}, right[HMAC_SIZE] = {0};
        ck_assert(hmac_equal(left, right, HMAC_SIZE));
        for (int i = 0; i < HMAC_SIZE; i++) {
                right[i] = 1;
                ck_assert(!hmac_equal(left, right, HMAC_SIZE));
                right[i] = 0;
        }
}
END_TEST

static void *sign_often(void *arg)
{
        uint8_t expected[HMAC_SIZE], mac[HMAC_SIZE];
        hmac_sign(arg, "text", 4, expected);
        for (int i = 0; i < 500; i++) {
                hmac_sign(arg, "text", 4, mac);
                if (!hmac_equal(mac, expected, HMAC_SIZE))
                        return arg;
        }
        return NULL;
}

TEST(threads_share_a_key)
{
        struct hmac *hmac = hmac_new("key", 3);
        pthread_t threads[4];
        for (int i = 0; i < 4; i++)
                pthread_create(&threads[i], NULL, sign_often, hmac);
        for (int i = 0; i < 4; i++) {
                void *wrong;
                pthread_join(threads[i], &wrong);
                ck_assert_ptr_null(wrong);
        }
        hmac_free(hmac);
}
END_TEST

SUITE("common/hmac", FORK, T(the_vectors_of_rfc_4231_hold), T(a_key_signs_the_same_again),
        T(every_byte_counts_in_a_comparison), T(threads_share_a_key))
