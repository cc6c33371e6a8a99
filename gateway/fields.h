/* SPDX-License-Identifier: Apache-2.0 */
/* Selective answers: `fields=items.id,next_cursor` names what of an answer is wanted, with dots between the levels. */
#pragma once

#include "common/json_write.h"
#include "common/schema.h"

#include <stdbool.h>

enum { FIELDS_PATHS_MAX = 64, FIELDS_DEPTH_MAX = 8, FIELDS_PATH_SIZE = 128 };

/* Reads the value for answers of this type. False when a path leads nowhere, or there are too many: `bad` has it then,
 * for people. */
bool fields_read(struct arena *arena, const struct schema_message *type, const char *text, const struct json_mask **out,
        char bad[FIELDS_PATH_SIZE]);
