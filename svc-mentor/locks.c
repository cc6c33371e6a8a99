/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/locks.h"

#include "common/db.h"

#include <string.h>

#define UNDER_WAY " AND status IN ('requested', 'trial', 'active', 'paused')"

/* The numbers part what is locked of whom; 1 is a person's time (session_states.c). */
static const char SQL_MENTEE[] = "SELECT pg_advisory_xact_lock(hashtextextended($1, 2))";
#define PAIR(one, other)                                                                                               \
        "pg_advisory_xact_lock(hashtextextended(least(" one ", " other ")::text || greatest(" one ", " other           \
        ")::text, 3))"
static const char SQL_PAIR[] = "SELECT " PAIR("$1::uuid", "$2::uuid");
static const char SQL_PAIR_WITH[] = "SELECT " PAIR("user_id", "$1::uuid") " FROM mentor_profiles WHERE id = $2";

/* A mentor is locked FOR UPDATE by what makes them leave, which waits for requests and keeps them waiting; FOR NO KEY
 * UPDATE by what changes their places, which does not. */
static const char SQL_MENTOR_STAYS[] = "SELECT FROM mentor_profiles WHERE id = $1 FOR KEY SHARE";
static const char SQL_MENTOR[] = "SELECT FROM mentor_profiles WHERE id = $1 FOR NO KEY UPDATE";
static const char SQL_MENTOR_LEAVES[] = "SELECT FROM mentor_profiles WHERE user_id = $1 FOR UPDATE";
static const char SQL_MENTORS[] =
        "SELECT FROM mentor_profiles WHERE id IN (SELECT mentor_profile_id FROM mentorship_matches WHERE id = ANY ($1::uuid[]))"
        " ORDER BY id FOR NO KEY UPDATE";
static const char SQL_MENTORS_OF[] =
        "SELECT FROM mentor_profiles WHERE id IN (SELECT mentor_profile_id FROM mentorship_matches WHERE mentee_user_id = $1" UNDER_WAY
        ") ORDER BY id FOR NO KEY UPDATE";
static const char SQL_NEXT_STAY[] =
        "SELECT FROM mentor_profiles WHERE id IN (SELECT unnest(choices) FROM mentorship_matches WHERE id = ANY ($1::uuid[]))"
        " ORDER BY id FOR KEY SHARE";

static const char SQL_MATCH[] = "SELECT FROM mentorship_matches WHERE id = $1 FOR UPDATE";
static const char SQL_MATCHES[] = "SELECT FROM mentorship_matches WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE";
static const char SQL_CONCERNED[] =
        "SELECT $1::uuid AS id UNION SELECT id FROM mentorship_matches WHERE mentee_user_id = $2 AND status = 'requested'"
        " UNION SELECT id FROM mentorship_matches WHERE mentor_profile_id = $3 AND status = 'requested'";
static const char SQL_OF_PERSON[] = "SELECT id FROM mentorship_matches WHERE mentor_user_id = $1" UNDER_WAY
                                    " UNION SELECT id FROM mentorship_matches WHERE mentee_user_id = $1" UNDER_WAY;
static const char SQL_OF_MENTOR[] = "SELECT id FROM mentorship_matches WHERE mentor_profile_id = $1" UNDER_WAY;

status lock_mentee(struct call *call, const char *user_id)
{
        return db_later(call, NULL, SQL_MENTEE, user_id);
}

status lock_pair(struct call *call, const char *user_id, const char *other_id)
{
        return db_later(call, NULL, SQL_PAIR, user_id, other_id);
}

status lock_request(struct call *call, const char *mentee_user_id, const char *mentor_profile_id)
{
        TRY(db_later(call, NULL, SQL_PAIR_WITH, mentee_user_id, mentor_profile_id));
        return db_later(call, NULL, SQL_MENTOR_STAYS, mentor_profile_id);
}

status lock_mentor(struct call *call, const char *mentor_profile_id)
{
        return db_later(call, NULL, SQL_MENTOR, mentor_profile_id);
}

status lock_match(struct call *call, const char *id)
{
        return db_later(call, NULL, SQL_MATCH, id);
}

static struct db_value texts_of(struct call *call, const Mentor__IdList *ids)
{
        char **texts = arena_alloc(call->arena, ids->n_items * sizeof *texts + 1);
        for (size_t i = 0; i < ids->n_items; i++)
                texts[i] = ids->items[i]->id;
        return db_texts(ids->n_items, texts);
}

static status lock_rows(struct call *call, const Mentor__IdList *ids)
{
        return db_later(call, NULL, SQL_MATCHES, texts_of(call, ids));
}

status lock_matches(struct call *call, const Mentor__IdList *ids)
{
        TRY(db_later(call, NULL, SQL_MENTORS, texts_of(call, ids)));
        return lock_rows(call, ids);
}

/* Which requests there are is asked when mentee and mentor are locked. */
static status lock_request_step(struct call *call, const Mentor__MatchRow *match)
{
        Mentor__IdList concerned = MENTOR__ID_LIST__INIT;
        TRY(lock_mentee(call, match->mentee_user_id));
        TRY(lock_mentor(call, match->mentor_profile_id));
        TRY(db_rows(call, &concerned.base, "items", SQL_CONCERNED, match->id, match->mentee_user_id,
                match->mentor_profile_id));
        TRY(db_later(call, NULL, SQL_NEXT_STAY, texts_of(call, &concerned)));
        return lock_rows(call, &concerned);
}

status lock_step(struct call *call, const Mentor__MatchRow *match)
{
        if (strcmp(match->status, "requested") == 0 && match->mentee_user_id != NULL)
                return lock_request_step(call, match);
        TRY(lock_mentor(call, match->mentor_profile_id));
        return lock_match(call, match->id);
}

status lock_person(struct call *call, const char *user_id, Mentor__IdList *ids)
{
        TRY(lock_mentee(call, user_id));
        TRY(db_later(call, NULL, SQL_MENTORS_OF, user_id));
        TRY(db_later(call, NULL, SQL_MENTOR_LEAVES, user_id));
        TRY(db_rows(call, &ids->base, "items", SQL_OF_PERSON, user_id));
        return lock_rows(call, ids);
}

status lock_matches_of(struct call *call, const char *mentor_profile_id, Mentor__IdList *ids)
{
        TRY(db_rows(call, &ids->base, "items", SQL_OF_MENTOR, mentor_profile_id));
        return lock_rows(call, ids);
}
