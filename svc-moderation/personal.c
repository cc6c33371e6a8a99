/* SPDX-License-Identifier: Apache-2.0 */
/* What the desk knows of a person: what they reported, what was done about what they made, their appeals. Statements of
 * reasons stay, about nobody; as a moderator they are forgotten, too. */
#include "common/personal.h"

#include <stddef.h>

const struct personal_table moderation_personal[] = {
        {.name = "reports",
                .sql_export = "SELECT json_build_object('id', id, 'object_type', object_type, 'object_id', object_id,"
                              " 'reason', reason, 'state', state, 'created_at', created_at) FROM reports"
                              " WHERE reporter_user_id = $1 ORDER BY new_key",
                .sql_erase = "UPDATE reports SET reporter_user_id = NULL, details_sealed = NULL"
                             " WHERE reporter_user_id = $1"},
        {.name = "reporter", .sql_erase = "DELETE FROM reporters WHERE user_id = $1"},
        {.name = "appeals",
                .sql_export =
                        "SELECT json_build_object('id', id, 'action_id', action_id, 'state', state,"
                        " 'submitted_at', submitted_at) FROM appeals WHERE appellant_user_id = $1 ORDER BY new_key",
                .sql_erase = "UPDATE appeals SET appellant_user_id = NULL, texts_sealed = NULL"
                             " WHERE appellant_user_id = $1"},
        {.name = "appeals_original",
                .sql_erase = "UPDATE appeals SET original_user_id = NULL WHERE original_user_id = $1"},
        {.name = "appeals_reviewed",
                .sql_erase = "UPDATE appeals SET reviewer_user_id = NULL WHERE reviewer_user_id = $1"},
        {.name = "statements",
                .sql_export = "SELECT json_build_object('id', id, 'object_type', object_type, 'object_id', object_id,"
                              " 'action_taken', action_taken, 'reason', reason, 'taken_at', taken_at) FROM actions"
                              " WHERE reported_user_id = $1 ORDER BY new_key",
                .sql_erase = "UPDATE actions SET reported_user_id = NULL, reason = '', note_sealed = NULL"
                             " WHERE reported_user_id = $1"},
        {.name = "rulings", .sql_erase = "UPDATE actions SET moderator_user_id = NULL WHERE moderator_user_id = $1"},
        {.name = "cases",
                .sql_erase = "UPDATE cases SET author_user_id = NULL, texts_sealed = NULL WHERE author_user_id = $1"},
        {.name = "claims",
                .sql_erase = "UPDATE cases SET claimed_by = NULL, lease_until = NULL, state = 'queued',"
                             " version = version + 1 WHERE claimed_by = $1"},
        {.name = "sanction_orders",
                .sql_export = "SELECT json_build_object('kind', kind, 'started_at', started_at, 'until_at', until_at)"
                              " FROM sanction_orders WHERE user_id = $1",
                .sql_erase = "UPDATE sanction_orders SET user_id = NULL, ended_at = coalesce(ended_at, now())"
                             " WHERE user_id = $1"},
        {0},
};
