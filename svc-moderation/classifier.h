/* SPDX-License-Identifier: Apache-2.0 */
/* The model in force: the one built in, or that of a file, which is read anew when it is replaced. Who asks keeps the
 * model until it is put back, whatever comes meanwhile. */
#pragma once

#include "common/call.h"
#include "svc-moderation/model.h"

enum { CLASSIFIER_FRESH_MS = 5000 }; /* after that the file is looked at again */

struct classifier;
struct classifier_model;

/* `path`: "" is the model built in. INVALID_ARGUMENT or NOT_FOUND, and a line in the log, when that is no model. */
MUST_CHECK status classifier_new(const char *path, struct classifier **out);

/* NULL is allowed. */
void classifier_free(struct classifier *classifier);

/* Will the model in force be taken without a look at the file, now and for a moment to come? */
bool classifier_is_fresh(struct classifier *classifier);

/* The model in force. A file that changed and is good is taken; a bad one is told in the log once, and the model of
 * before stays. To be put back. */
struct classifier_model *classifier_take(struct classifier *classifier);
void classifier_put(struct classifier_model *held);

const struct model *classifier_model(const struct classifier_model *held);
