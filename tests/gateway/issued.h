/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of an issuer's tokens begin with: an issuer of three keys, RS256, ES256 and EdDSA, whose ids are their
 * algorithms' names, its set in a file, and somebody who trusts it. The time is 1000. */
#pragma once

#include "gateway/jwt.h"
#include "tests/gateway/issuer.h"

#define SUB      "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"
#define ISSUER   "https://id.example"
#define AUDIENCE "https://social.example"
#define FOR(aud) "{\"sub\":\"" SUB "\",\"exp\":2000,\"iss\":\"" ISSUER "\",\"aud\":" aud "}"
#define CLAIMS   FOR("\"" AUDIENCE "\"")

struct issued {
        struct arena *arena;
        struct schema *schema;
        struct metrics *metrics;
        struct key_source *source;
        struct jwt_settings settings;
        struct jwt *jwt;
        struct issuer_key *keys[3];
        char path[64];
        Sfp__Claims *claims; /* of the token that was good last */
};

/* There is one in a test. Set-up and tear-down of a suite. */
extern struct issued issued;
void issued_begin(void);
void issued_end(void);

/* Trusts by other settings from now on. */
void issued_again(void);

/* Publishes these keys and no other. */
void issued_publish(struct issuer_key *const keys[], size_t count);

enum problem issued_verify(const char *token);

/* Is this a line of the metrics? */
bool issued_counted(const char *line);
