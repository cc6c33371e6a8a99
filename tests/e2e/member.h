/* SPDX-License-Identifier: Apache-2.0 */
/* People with a profile, in the words of the tests. */
#pragma once

#include "tests/e2e/client.h"

struct member {
        struct user user;
        const char *profile_id;
        const char *path; /* "/profiles/<profile_id>" */
};

/* Somebody new with a profile, and nothing allowed to anybody. */
struct member new_member(void);

/* The same with the role "mod", "admin" besides. */
struct member new_member_as(const char *role);

/* Changes settings under the version they have: JSON of PATCH /privacy/settings. */
struct answer set_privacy(struct user who, const char *settings);

/* The same, where somebody has settings at all; who has no profile has none. */
void allow(struct user who, const char *settings);

/* Sets how `who` stands to `to`: JSON of PUT /profiles/…/relationship. */
struct answer relate(struct user who, struct member to, const char *relationship);

/* The same with If-Match: "<id>-<version>" of `seen`. */
struct answer patch_seen(struct user who, const char *path, struct answer seen, const char *body);

/* Has `who` follow `whom`, and waits until svc-feed has heard of it. */
void follow(struct member who, struct member whom);
