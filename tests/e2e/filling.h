/* SPDX-License-Identifier: Apache-2.0 */
/* Requests made out of nothing but the protos: each field has a value that its rules allow. Ids are random, so that
 * nothing is there by that id. What is returned lives until scene_end. */
#pragma once

#include "common/schema.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* A value for field `i`, without regard to its being repeated. */
cJSON *filled_value(const struct schema_message *message, unsigned i);

/* The message with what is required of it and nothing else. */
cJSON *filled_message(const struct schema_message *message);

/* The route's path, below the prefix, with values for its parameters. */
char *filled_path(const struct schema_method *method, const Sfp__Route *route);

/* The same with the request's own values for those that it has; they leave the request. */
char *path_taken_from(cJSON *request, const struct schema_method *method, const Sfp__Route *route);

/* "?a=1&b=2", with nothing for null; "" when nothing is left. */
char *query_from(const cJSON *request);

/* Is the field a parameter of the path? */
bool is_in_path(const Sfp__Route *route, const char *name);

/* The JSON as text, and the same with text as it is. */
char *written(const cJSON *json);
const char *plain(const cJSON *value);
