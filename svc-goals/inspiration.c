/* SPDX-License-Identifier: Apache-2.0 */
/* Shares ranked for one reader. Of the hottest of the window, and those of it that inspired most ever, the rank is a
 * product of four factors, and each of them is said: how surely it inspires (Wilson's lower bound of inspirations among
 * reactions, with PRIOR_READERS who did not react), how new it is (half in HALF_LIFE days), how much its owner's bands
 * are the reader's (half to whole), and how many of the same owner stand above it. */
#include "common/db.h"
#include "common/rpc.h"
#include "common/rpc_call.h"
#include "sfp/anonymize.pb-c.h"
#include "sfp/goals.pb-c.h"
#include "svc-goals/identity.h"
#include "svc-goals/share_columns.h"

#include <stdlib.h>

#define INSPIRATION_RPCS(RPC) RPC(ListInspiration, list_inspiration, Goals__InspirationRequest, Goals__ShareList)
RPC_DECLARE(INSPIRATION_RPCS)

#define HOTTEST       "200"
#define MOST_EVER     "200" /* looked through for those of the window: no index knows both */
#define PRIOR_READERS "10"
#define HALF_LIFE     "14"
#define VARIETY       "0.7" /* what the next one of the same owner is worth */

#define WILSON        "((p + 1.9208 / n - 1.96 * sqrt(p * (1 - p) / n + 0.9604 / (n * n))) / (1 + 3.8416 / n))"

/* clang-format off */
/* Both branches read a bounded part of an index. A share is never colder than it is
 * old, so the window is a range of hot_key. */
#define POOL                                                                                                           \
        "pool AS ((SELECT id FROM anonymous_goal_shares WHERE is_public AND ($3::text IS NULL OR goal_category = $3)"  \
        "  AND hot_key > (extract(epoch FROM now() - make_interval(days => $4)) * 1000)::bigint"                       \
        "  ORDER BY hot_key DESC, id DESC LIMIT " HOTTEST ")"                                                          \
        " UNION (SELECT id FROM (SELECT id FROM anonymous_goal_shares WHERE is_public"                                 \
        "  ORDER BY inspiring_key DESC, id DESC LIMIT " MOST_EVER ") m))"
#define CANDIDATES                                                                                                     \
        "candidates AS (SELECT s.id, s.inspiration_votes / n AS p, n, s.published_at, w.owner_tag,"                    \
        "  ((s.user_age_group = $5)::integer + (s.user_income_range = $6)::integer"                                    \
        "   + (s.user_location_region = $7)::integer) AS same FROM pool CROSS JOIN LATERAL"                            \
        "  (SELECT * FROM anonymous_goal_shares WHERE id = pool.id LIMIT 1) s"                                         \
        "  CROSS JOIN LATERAL (SELECT owner_tag FROM share_owners WHERE share_id = s.id LIMIT 1) w,"                   \
        "  LATERAL (SELECT (s.likes_count + s.inspiration_votes + "          \
        PRIOR_READERS ")::double precision AS n) readers WHERE s.is_public AND w.owner_tag <> $2"                      \
        "  AND ($3::text IS NULL OR s.goal_category = $3)"                                                             \
        "  AND s.published_at > now() - make_interval(days => $4) AND " NOT_BLOCKED_OWNER("$2") ")"
#define FACTORS                                                                                                        \
        "factors AS (SELECT id, owner_tag, greatest(" WILSON ", 0.001) AS inspiration,"                                \
        "  0.5 ^ (extract(epoch FROM now() - published_at)::double precision / 86400 / " HALF_LIFE ") AS newness,"     \
        "  0.5 + coalesce(same, 0) / 6.0::double precision AS likeness FROM candidates)"
#define VARIED                                                                                                         \
        "varied AS (SELECT *, " VARIETY "::double precision ^ (row_number() OVER (PARTITION BY owner_tag"              \
        "  ORDER BY inspiration * newness * likeness DESC, id) - 1) AS variety FROM factors)"
#define RANKED                                                                                                         \
        "ranked AS (SELECT *, inspiration * newness * likeness * variety AS score FROM varied"                         \
        "  ORDER BY inspiration * newness * likeness * variety DESC, id LIMIT $8)"

/* $1, $2: the reader; $3: category; $4: days; $5 to $7: the reader's bands; $8: how many. */
static const char SQL_RANK[] =
        "WITH " POOL ", " CANDIDATES ", " FACTORS ", " VARIED ", " RANKED
        " SELECT " SHARE_COLUMNS ", k.score, k.inspiration AS \"factors.inspiration\", k.newness AS \"factors.newness\","
        " k.likeness AS \"factors.likeness\", k.variety AS \"factors.variety\""
        " FROM ranked k JOIN " SHARE_SOURCE("$1", "$2") " ON s.id = k.id ORDER BY k.score DESC, s.id";
/* clang-format on */

/* The reader's own bands; what is not known is nobody's. */
static const Anonymize__Bands *own_bands(struct call *call)
{
        static const Anonymize__Bands unknown = ANONYMIZE__BANDS__INIT;
        Anonymize__GeneralizeRequest request = ANONYMIZE__GENERALIZE_REQUEST__INIT;
        ProtobufCMessage *reply;
        struct call asking = *call; /* a list without likeness is better than none */
        request.user_id = call->caller->user_id;
        if (rpc_call(&asking, "sfp.anonymize.Anonymize.Generalize", &request.base, &reply) != STATUS_OK)
                return &unknown;
        return (const Anonymize__Bands *)reply;
}

static Goals__Why *new_why(struct call *call, const char *factor, double value)
{
        Goals__Why *why = arena_alloc(call->arena, sizeof *why);
        goals__why__init(why);
        why->factor = (char *)(size_t)factor;
        why->has_value = 1;
        why->value = value;
        return why;
}

static void explain(struct call *call, Goals__Share *share)
{
        const Goals__Factors *factors = share->factors;
        share->why = arena_alloc(call->arena, 4 * sizeof *share->why);
        share->why[share->n_why++] = new_why(call, "inspiration", factors->inspiration);
        share->why[share->n_why++] = new_why(call, "newness", factors->newness);
        share->why[share->n_why++] = new_why(call, "likeness", factors->likeness);
        share->why[share->n_why++] = new_why(call, "variety", factors->variety);
}

static status list_inspiration(struct call *call, const Goals__InspirationRequest *in, Goals__ShareList *out)
{
        const Anonymize__Bands *bands = own_bands(call);
        TRY(db_rows(call, &out->base, "items", SQL_RANK, identity_actor(call), identity_owner(call), in->goal_category,
                (int)strtol(in->window, NULL, 10), bands->user_age_group, bands->user_income_range,
                bands->user_location_region, in->limit));
        for (size_t i = 0; i < out->n_items; i++)
                explain(call, out->items[i]);
        out->has_has_more = 1;
        return STATUS_OK;
}

RPC_TABLE(inspiration_rpcs, INSPIRATION_RPCS);
