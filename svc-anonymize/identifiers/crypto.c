/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of coins: Bitcoin by Base58Check (version 0 or 5) and by Bech32 and Bech32m (BIP 173, BIP 350), Ethereum by
 * its forty hexadecimal digits (the capitals of EIP-55 are optional); beside a word like "wallet" anything of such a
 * length. */
#include "svc-anonymize/identifiers/cues.h"
#include "svc-anonymize/identifiers/identifier.h"

#include <openssl/sha.h>
#include <string.h>

enum {
        BASE58_MIN = 26,
        BASE58_MAX = 35,
        BASE58_BYTES = 25,
        BECH32_MIN = 14,
        BECH32_MAX = 90,
        BECH32_CHECK = 6,
        ETHEREUM = 42,
        NAMED_MIN = 25,
        NAMED_MAX = 110,
        NAMED_DIGITS = 3
};

/* The sign itself, with its case, behind a byte of the view; 0 when it is no ASCII in any width. */
static char sign_at(const struct folding *view, size_t at)
{
        uint32_t point = view->original[view->starts[at]];
        if (point >= 0xFF01 && point <= 0xFF5E)
                point -= 0xFEE0;
        return point < 0x80 ? (char)point : 0;
}

/* Reads a number in base 58 into 25 bytes, most significant first. */
static bool read_base58(const struct folding *view, size_t at, size_t length, unsigned char out[BASE58_BYTES])
{
        static const char digits[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        memset(out, 0, BASE58_BYTES);
        for (size_t i = 0; i < length; i++) {
                char sign = sign_at(view, at + i);
                const char *digit = sign == 0 ? NULL : strchr(digits, sign);
                if (digit == NULL)
                        return false;
                unsigned carry = (unsigned)(digit - digits);
                for (size_t place = BASE58_BYTES; place-- > 0; carry >>= 8) {
                        carry += out[place] * 58U;
                        out[place] = (unsigned char)carry;
                }
                if (carry != 0)
                        return false;
        }
        return true;
}

static bool is_base58(const struct folding *view, size_t at, size_t length)
{
        unsigned char bytes[BASE58_BYTES], once[SHA256_DIGEST_LENGTH], twice[SHA256_DIGEST_LENGTH];
        if (length < BASE58_MIN || length > BASE58_MAX || (view->bytes[at] != '1' && view->bytes[at] != '3') ||
                !read_base58(view, at, length, bytes) || (bytes[0] != 0 && bytes[0] != 5))
                return false;
        SHA256(bytes, BASE58_BYTES - 4, once);
        SHA256(once, sizeof once, twice);
        return memcmp(twice, bytes + BASE58_BYTES - 4, 4) == 0;
}

static uint32_t polymod(uint32_t sum, unsigned value)
{
        static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
        uint32_t top = sum >> 25;
        sum = (sum & 0x1FFFFFF) << 5 ^ value;
        for (size_t i = 0; i < 5; i++)
                sum ^= top >> i & 1 ? generator[i] : 0;
        return sum;
}

/* "bc1" or "tb1" and what a checksum of 1 (Bech32) or 0x2bc830a3 (Bech32m) is over. */
static bool is_bech32(const struct folding *view, size_t at, size_t length)
{
        static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
        const unsigned char *bytes = view->bytes + at;
        if (length < BECH32_MIN || length > BECH32_MAX ||
                (memcmp(bytes, "bc1", 3) != 0 && memcmp(bytes, "tb1", 3) != 0))
                return false;
        uint32_t sum = 1;
        for (size_t i = 0; i < 2; i++)
                sum = polymod(sum, bytes[i] >> 5);
        sum = polymod(sum, 0);
        for (size_t i = 0; i < 2; i++)
                sum = polymod(sum, bytes[i] & 31);
        for (size_t i = 3; i < length; i++) {
                const char *digit = strchr(digits, bytes[i]);
                if (digit == NULL)
                        return false;
                sum = polymod(sum, (unsigned)(digit - digits));
        }
        return sum == 1 || sum == 0x2bc830a3;
}

static bool is_ethereum(const struct folding *view, size_t at, size_t length)
{
        if (length != ETHEREUM || memcmp(view->bytes + at, "0x", 2) != 0)
                return false;
        for (size_t i = 2; i < length; i++)
                if (!folded_is_digit(view->bytes[at + i]) && (view->bytes[at + i] < 'a' || view->bytes[at + i] > 'f'))
                        return false;
        return true;
}

static bool is_named(const struct folding *view, size_t at, size_t length)
{
        struct cues cues;
        size_t digits = 0;
        for (size_t i = at; i < at + length; i++)
                digits += folded_is_digit(view->bytes[i]);
        if (length < NAMED_MIN || length > NAMED_MAX || digits < NAMED_DIGITS || digits == length)
                return false;
        cues_read(view, (struct span){at, at + length}, &cues);
        return (cues_within(&cues, CUES_BEFORE, CUES_AFTER) & SAYS(CRYPTO)) != 0;
}

static unsigned judge(const struct folding *view, size_t at, size_t length)
{
        if (is_base58(view, at, length) || is_bech32(view, at, length) || is_ethereum(view, at, length))
                return SCORE_SURE;
        return is_named(view, at, length) ? SCORE_LIKELY : 0;
}

static bool find_crypto(const struct folding *view, size_t from, struct match *out)
{
        for (size_t at = from, end; at < view->length; at = end + 1) {
                for (end = at; folded_is_alnum(view->bytes[end]); end++)
                        ;
                bool is_whole = at == 0 || !folded_is_alnum(view->bytes[at - 1]);
                unsigned score = end - at >= BECH32_MIN && is_whole ? judge(view, at, end - at) : 0;
                if (score > 0) {
                        *out = (struct match){IDENTIFIER_CRYPTO, {at, end}, score};
                        return true;
                }
        }
        return false;
}

const struct detector detector_crypto = {.name = "crypto", .find = find_crypto};
