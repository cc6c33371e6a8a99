/* SPDX-License-Identifier: Apache-2.0 */
/* How people stand to each other. Both rows of a pair are made and locked before one is changed, in one order whoever
 * asks: so a block and a following that are set at the same time see each other. */
#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/profile_columns.h"

#include <string.h>

#define RELATIONSHIP_RPCS(RPC)                                                                                         \
        RPC(ListRelationships, list_relationships, Anonymize__ListRelationshipsRequest, Anonymize__RelationshipList)   \
        RPC(PutRelationship, put_relationship, Anonymize__PutRelationshipRequest, Anonymize__Relationship)
RPC_DECLARE(RELATIONSHIP_RPCS)

static const char SQL_OWNER[] = "SELECT user_id FROM user_social_profiles WHERE id = $1 AND NOT is_leaving";
static const char SQL_MAKE_PAIR[] =
        "INSERT INTO relationships (id, user_id, target_id) SELECT id::uuid, user_id::uuid, target_id::uuid"
        " FROM (VALUES ($1, $3, $4), ($2, $4, $3)) pair (id, user_id, target_id) ORDER BY user_id"
        " ON CONFLICT (user_id, target_id) DO NOTHING";
static const char SQL_LOCK_PAIR[] =
        "SELECT user_id, following, muted, blocked FROM relationships WHERE (user_id, target_id) IN (($1, $2), ($2, $1))"
        " ORDER BY user_id FOR UPDATE";
static const char SQL_CHANGE[] =
        "UPDATE relationships SET following = $3::integer::boolean, muted = $4::integer::boolean,"
        " blocked = $5::integer::boolean, since_us = (extract(epoch FROM now()) * 1000000)::bigint"
        " WHERE user_id = $1 AND target_id = $2";

/* The other one of a row, as everybody may know them; whoever is leaving is in no list. */
#define LIST(other, condition)                                                                                                                            \
        "SELECT 'profile' AS \"author_ref.kind\", p.id AS \"author_ref.id\", " PERSON_NAME_AS("author_ref.display_name") ", " PERSON_AVATAR_AS(           \
                "author_ref.avatar_url") ", p.experience_level AS \"author_ref.experience_level\","                                                       \
                                         " timestamptz 'epoch' + r.since_us * interval '1 microsecond' AS since, r.since_us AS page_key, r.id AS page_id" \
                                         " FROM relationships r JOIN user_social_profiles p ON p.user_id = r." other                                      \
                                         " WHERE (r.since_us, r.id) < ($1::bigint, $2::uuid) AND " condition                                              \
                                         " AND NOT p.is_leaving ORDER BY r.since_us DESC, r.id DESC"

static const struct {
        const char *kind;
        const char *sql;
} lists[] = {
        {"following", LIST("target_id", "r.user_id = $3 AND r.following")},
        {"followers", LIST("user_id", "r.target_id = $3 AND r.following")},
        {"muted", LIST("target_id", "r.user_id = $3 AND r.muted AND NOT EXISTS (SELECT FROM relationships t"
                                    " WHERE t.user_id = r.target_id AND t.target_id = r.user_id AND t.blocked)")},
        {"blocked", LIST("target_id", "r.user_id = $3 AND r.blocked")},
};

/* How `user_id` stands to `target_id`, and the other way round. */
struct pair {
        const char *user_id;
        const char *target_id;
        Anonymize__RelationshipRow *mine;
        Anonymize__RelationshipRow *theirs;
};

static status lock_pair(struct call *call, struct pair *pair)
{
        char mine[UUID_SIZE], theirs[UUID_SIZE];
        Anonymize__RelationshipRows rows = ANONYMIZE__RELATIONSHIP_ROWS__INIT;
        uuid_v7(mine);
        uuid_v7(theirs);
        TRY(db_exec(call, SQL_MAKE_PAIR, mine, theirs, pair->user_id, pair->target_id));
        TRY(db_rows(call, &rows.base, "items", SQL_LOCK_PAIR, pair->user_id, pair->target_id));
        if (rows.n_items != 2)
                return call_fail(call, STATUS_ABORTED, "somebody else changed it at the same time");
        bool is_mine_first = strcmp(rows.items[0]->user_id, pair->user_id) == 0;
        pair->mine = rows.items[is_mine_first ? 0 : 1];
        pair->theirs = rows.items[is_mine_first ? 1 : 0];
        return STATUS_OK;
}

static bool is_same(const Anonymize__RelationshipRow *left, const Anonymize__RelationshipRow *right)
{
        return left->following == right->following && left->muted == right->muted && left->blocked == right->blocked;
}

static status announce(
        struct call *call, const char *user_id, const char *target_id, const Anonymize__RelationshipRow *row)
{
        Anonymize__RelationshipChanged event = ANONYMIZE__RELATIONSHIP_CHANGED__INIT;
        event.user_id = (char *)(size_t)user_id;
        event.target_id = (char *)(size_t)target_id;
        event.has_following = event.has_muted = event.has_blocked = 1;
        event.following = row->following;
        event.muted = row->muted;
        event.blocked = row->blocked;
        return event_publish(call, &event.base);
}

static status change(struct call *call, const char *user_id, const char *target_id,
        const Anonymize__RelationshipRow *from, const Anonymize__RelationshipRow *to)
{
        if (is_same(from, to))
                return STATUS_OK;
        TRY(db_later(call, NULL, SQL_CHANGE, user_id, target_id, to->following, to->muted, to->blocked));
        return announce(call, user_id, target_id, to);
}

/* What is asked laid over what holds. */
static status wanted(struct call *call, const Anonymize__PutRelationshipRequest *in,
        const Anonymize__RelationshipRow *mine, Anonymize__RelationshipRow *out)
{
        *out = *mine;
        out->muted = in->has_muted ? in->muted : mine->muted;
        out->blocked = in->has_blocked ? in->blocked : mine->blocked;
        out->following = in->has_following ? in->following : mine->following && !out->blocked;
        if (out->following && out->blocked)
                return call_problem(call, PROBLEM_CONFLICT, "whom you block you cannot follow");
        return STATUS_OK;
}

/* A profile across a block is not there; but who has set one must be able to take it back. */
static status find_target(struct call *call, const char *profile_id, struct pair *pair)
{
        Anonymize__ProfileOwner owner = ANONYMIZE__PROFILE_OWNER__INIT;
        TRY(db_one(call, &owner.base, SQL_OWNER, profile_id));
        pair->user_id = call->caller->user_id;
        pair->target_id = owner.user_id;
        if (strcmp(pair->user_id, pair->target_id) == 0)
                return call_invalid(call, "profile_id", "not_allowed", "is your own");
        TRY(lock_pair(call, pair));
        if (pair->theirs->blocked && !pair->mine->blocked)
                return call_fail(call, STATUS_NOT_FOUND, "it is not there");
        return STATUS_OK;
}

static status put_relationship(
        struct call *call, const Anonymize__PutRelationshipRequest *in, Anonymize__Relationship *out)
{
        struct pair pair = {0};
        Anonymize__RelationshipRow to, theirs;
        TRY(find_target(call, in->profile_id, &pair));
        TRY(wanted(call, in, pair.mine, &to));
        if (to.following && pair.theirs->blocked)
                return call_fail(call, STATUS_NOT_FOUND, "it is not there");
        TRY(change(call, pair.user_id, pair.target_id, pair.mine, &to));
        theirs = *pair.theirs;
        theirs.following = theirs.following && !to.blocked;
        TRY(change(call, pair.target_id, pair.user_id, pair.theirs, &theirs));

        out->has_following = out->has_muted = out->has_blocked = 1;
        out->following = to.following;
        out->muted = to.muted;
        out->blocked = to.blocked;
        out->effective_at = arena_alloc(call->arena, CLOCK_RFC3339_SIZE);
        clock_rfc3339(clock_unix_us(), out->effective_at);
        return STATUS_OK;
}

static status list_relationships(
        struct call *call, const Anonymize__ListRelationshipsRequest *in, Anonymize__RelationshipList *out)
{
        size_t i = 0;
        while (strcmp(lists[i].kind, in->kind) != 0) /* one of them, as the rules say */
                i++;
        return page_rows(call, &in->base, &out->base, lists[i].sql, call->caller->user_id);
}

RPC_TABLE(relationship_rpcs, RELATIONSHIP_RPCS);
