/* SPDX-License-Identifier: Apache-2.0 */
/* The rules in force: those built in and those of this community, which are kept as versions in the database. A process
 * holds the newest compiled; who checks with one keeps it until it is put back, whatever comes meanwhile. */
#pragma once

#include "common/call.h"
#include "svc-moderation/classifier.h"
#include "svc-moderation/rules.h"

enum {
        RULEBOOK_FRESH_MS = 5000, /* after that the database is asked whether there is a newer one */
        RULEBOOK_PROMPT_US = 3000,
        RULEBOOK_SLOW_MS = 10000,
};

struct rulebook;
struct rulebooks;

/* service->state. RESOURCE_EXHAUSTED or INTERNAL when the built-in rules cannot be compiled; as classifier_new does for
 * the model at `model_path`. */
MUST_CHECK status rulebooks_new(const char *model_path, struct rulebooks **out);
void rulebooks_free(struct rulebooks *books);

/* The model that stands beside the rules. */
struct classifier *rulebooks_classifier(struct rulebooks *books);

/* The one in force. When the database does not answer, the one there is stays. To be put back. */
struct rulebook *rulebook_take(struct call *call);
void rulebook_put(struct rulebook *book);

const struct rules *rulebook_rules(const struct rulebook *book);

/* 1 while there are only the built-in ones. */
int64_t rulebook_version(const struct rulebook *book);

/* Will rules and model be taken without a look at the database or at a file, now and for a moment to come, and did no
 * short text take long of late? Patterns of a community may be slow. Fits service_definition.is_prompt. */
bool rulebook_is_prompt(const struct service *service);

/* Says how long a text took that was looked at because they were prompt: over RULEBOOK_PROMPT_US they are not, for
 * RULEBOOK_SLOW_MS. */
void rulebook_note_time(struct service *service, int64_t us);

/* A hint that there is a newer one (event_listener.hear). */
void rulebook_hear(struct service *service, const ProtobufCMessage *data);
