/* SPDX-License-Identifier: Apache-2.0 */
/* Other people, as a service knows them: who is behind a profile, who is invisible to whom, how an author appears. For
 * services with service_definition.knows_people; the tables are fed by events (people_feed.h).
 *
 * A statement says whose a row is, and before an answer leaves the kit makes of that what others may see: in every
 * sfp.AuthorRef of it `user_id` and `scope` give way to kind, id, name. Handlers do nothing for it. */
#pragma once

#include "common/db.h"

/* Columns for the AuthorRef `field`: whose it is ("t.author_user_id"; NULL: somebody who has left) and where a
 * pseudonym holds ("NULL" for by name, or "CASE WHEN t.is_anonymous THEN 'topic:' || t.id END"). */
#define AUTHOR_COLUMNS(field, user_id, scope)                                                                          \
        user_id " AS \"" field ".user_id\", " scope " AS \"" field ".scope\", CASE WHEN " user_id                      \
                " IS NULL THEN 'deleted' END AS \"" field ".kind\""

/* A condition: no block stands between the viewer (a parameter, "$3") and the author (a column with its table's name in
 * front; NULL is nobody, and not blocked). */
#define NOT_BLOCKED(viewer, author)                                                                                    \
        "NOT EXISTS (SELECT FROM blocks WHERE blocks.user_id = (" viewer ")::text::uuid AND blocks.other_id = " author \
        ")"

/* Whose profile that is, and whom the caller can see: NOT_FOUND for none and for somebody behind a block. */
MUST_CHECK status people_find(struct call *call, const char *profile_id, char **user_id);

/* Is there a block between the two, in either direction? */
MUST_CHECK status people_are_blocked(struct call *call, const char *user_id, const char *other_id, bool *out);

/* Turns every AuthorRef in a message into what others may see, with one statement at most. The kit does it for answers;
 * for an event that carries one, do it before it is published. */
MUST_CHECK status people_show(struct call *call, ProtobufCMessage *message);

/* Does this type hold an AuthorRef anywhere? */
bool people_are_in(const struct schema_message *type);

/* Is the caller a user under a sanction, and the method no exception? SANCTIONED then. */
MUST_CHECK status people_check_sanction(struct call *call);
