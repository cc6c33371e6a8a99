/* SPDX-License-Identifier: Apache-2.0 */
/* Settings as files. CONFIG_DIR names a directory whose files are called as variables and hold their values, which is
 * how a Secret comes into a pod: what is in a file is in no list of a container's environment. */
#pragma once

#include "common/status.h"

/* Bytes of one value; the longest in use, a service's MESH_CALLERS, has some 600. */
enum { CONFIG_DIR_VALUE_MAX = 65536 };

/* Puts the value of CONFIG_DIR/`name` into the environment, where neither has the environment one nor is it empty there
 * and there is such a file. Line ends behind the value are not part of it. INVALID_ARGUMENT with a line on stderr,
 * which has no word of the value, when the file cannot be read, is too long or holds a NUL. Changes the environment:
 * not for a program with a second thread. */
MUST_CHECK status config_dir_take(const char *name);
