/* SPDX-License-Identifier: Apache-2.0 */
/* What the protos say in words: the comment in front of each file, service, method, message, field and enum, taken from
 * the descriptor set in the program. The documents of the interface are written with them. */
#pragma once

#include "common/arena.h"

struct proto_comments;

/* Everything lives in the arena. */
struct proto_comments *proto_comments_new(struct arena *arena);

/* The comment of "sfp.goals.Goals.CreateShare", "sfp.goals.Share", "sfp.goals.Share.status"; that of a file is under
 * its package: paragraphs parted by an empty line, without line breaks of their own. NULL: there is none. */
const char *proto_comment(const struct proto_comments *comments, const char *name);
