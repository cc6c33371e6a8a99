/* SPDX-License-Identifier: Apache-2.0 */
/* What a long story is told with: thirty people and a few of the staff, services that die on the way, and a voice.
 * Everything lives until the program ends; whatever anybody is answered or hears is looked through for user ids. */
#pragma once

#include "tests/e2e/client.h"

#include <stdbool.h>

enum { PEOPLE = 30, PATIENCE_S = 60 };

/* The first are called by name; all have one. */
enum { ANN, BEN, CLEO, DAN, EVE, FINN, GWEN, HUGO, IDA };

struct person {
        const char *name;
        struct user user;
        const char *profile_id; /* NULL before they have one */
};

extern struct person people[PEOPLE];

/* Set-up of each chapter: the first time the cast is called; a chapter fails when the one before it did. */
void story_goes_on(void);

/* The last words of a chapter. */
void chapter_is_told(void);

/* A line of the story. Silent unless SFP_STORY is "aloud". */
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One of the staff: "mod", "admin", "ops". */
struct user staff(const char *role);

/* Asks until somebody is there, for PATIENCE_S; under one Idempotency-Key, so that it is done once. Fails unless it
 * succeeds. `body` may be NULL. */
struct answer does(struct user who, const char *verb, const char *path, const char *body);
struct answer sees(struct user who, const char *path);

/* Takes this action of the thing at `path`, as it is now. */
struct answer steps(struct user who, const char *path, const char *action);

/* kill -9. */
void dies(const char *service);

/* Fails unless all that died run again, and eight have died. */
void all_eight_are_back(void);

/* Opens a WebSocket for this person and keeps it until `hears` has heard what they wait for. */
void listens(int who);
void hears(int who, const char *type);

/* The same for all `count` of them; and a second socket that begins where the first did hears them again. */
void hears_again(int who, const char *type, int count);
