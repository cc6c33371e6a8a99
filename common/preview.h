/* SPDX-License-Identifier: Apache-2.0 */
/* What a person's things look like to others, shown to the person. Nothing is drawn a second time: a table names the
 * method by which others get one of them, and its handler is run, once as for the person and once as for somebody whom
 * nobody knows. What makes that somebody more than a stranger is written before and undone afterwards, like all that
 * the handler writes: both happens behind a savepoint that the transaction goes back to. */
#pragma once

#include "common/rpc.h"

enum { PREVIEW_ITEMS_MAX = 20 }; /* of a list */

/* Whom nobody is: the user id of every viewer. */
#define PREVIEW_VIEWER "00000000-0000-4000-8000-000000000000"

/* A row of service_definition.previews; the table ends with a row without resource. */
struct preview_kind {
        const char *resource; /* "shares" */
        bool is_single;       /* there is one at most: it is shown alone, not in a list; none is NOT_FOUND */
        const char *sql_ids;  /* gives `id` of each, latest first, without LIMIT; $1 as in struct personal_table */
        ProtobufCBinaryData (*key)(struct call *call, const char *user_id); /* NULL: $1 is the user id */
        const char *method;       /* gives one to a reader: "sfp.goals.Goals.GetShare" */
        const char *id_field;     /* the text field of its request that names it */
        const char *content_kind; /* what moderators are shown instead (common/content.h); NULL: the same method */
        /* What makes a viewer one that the person follows, or who is in a group with them: $1 the person, $2 the
         * viewer. NULL: it makes no difference here. */
        const char *sql_connection;
        const char *sql_group_member;
};

extern const struct rpc preview_rpcs[];
