/* SPDX-License-Identifier: Apache-2.0 */
/* Who has done most, of those who want to be seen: effort, never money. Made anew for each reader, so that nobody sees
 * who is behind a block, and no gap in the ranks tells of them. */
#include "common/db.h"
#include "common/people.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "sfp/forum.pb-c.h"

#include <string.h>

#define LEADERBOARD_RPCS(RPC)                                                                                          \
        RPC(GetLeaderboard, get_leaderboard, Forum__GetLeaderboardRequest, Forum__Leaderboard)                         \
        RPC(SetMembership, set_membership, Forum__MembershipRequest, Forum__Membership)                                \
        RPC(ClearMembership, clear_membership, Forum__MembershipRequest, Forum__Membership)
RPC_DECLARE(LEADERBOARD_RPCS)

#define IS_MEMBER(board)                                                                                               \
        "EXISTS (SELECT FROM leaderboard_members m WHERE m.board = '" board "' AND m.user_id = s.user_id) AS is_member"

/* $2: the days it looks back; each gives user_id, score, first_at and is_member. What is anonymous tells of nobody. */
#define OF_HELPERS                                                                                                                                 \
        "SELECT s.user_id, sum(s.points)::integer AS score, max(s.at) AS first_at, " IS_MEMBER(                                                    \
                "helpers") " FROM ("                                                                                                               \
                           "SELECT p.author_user_id AS user_id, 1 AS points, r.created_at AS at FROM post_reactions r"                             \
                           " JOIN forum_posts p ON p.id = r.post_id WHERE r.kind = 'helpful' AND NOT p.is_anonymous"                               \
                           " AND p.status = 'published' AND r.created_at > now() - make_interval(days => $2::integer)"                             \
                           " UNION ALL SELECT p.author_user_id, 10, p.created_at FROM forum_posts p WHERE p.is_best_answer AND NOT p.is_anonymous" \
                           " AND p.created_at > now() - make_interval(days => $2::integer)) s WHERE s.user_id IS NOT NULL GROUP BY s.user_id"
#define OF_CONSISTENCY                                                                                                 \
        "SELECT s.user_id, count(DISTINCT s.on_date)::integer AS score, max(s.created_at) AS first_at, " IS_MEMBER(    \
                "consistency") " FROM challenge_check_ins s WHERE s.on_date > current_date - $2::integer GROUP BY s.user_id"
#define OF_CHALLENGE                                                                                                   \
        "SELECT user_id, progress AS score, progressed_at AS first_at, public_on_leaderboard AS is_member"             \
        " FROM challenge_participants WHERE challenge_id = $3 AND $2::integer > 0"

#define RANKED(scores)                                                                                                 \
        "WITH scores AS (" scores                                                                                      \
        "), ranked AS (SELECT s.*, dense_rank() OVER (ORDER BY s.score DESC)::integer AS rank"                         \
        " FROM scores s WHERE s.is_member AND s.score > 0 AND " NOT_BLOCKED("$1", "s.user_id") ")"
/* Every board's statement takes the same values, whether it looks at $3 or not. */
#define ROWS_OF(scores)                                                                                                \
        RANKED(scores)                                                                                                 \
        " SELECT r.rank, r.score, " AUTHOR_COLUMNS("author_ref", "r.user_id",                                          \
                "NULL::text") " FROM ranked r WHERE $3::uuid IS NULL OR true ORDER BY r.rank, r.first_at, r.user_id LIMIT $4"
#define ME_OF(scores)                                                                                                  \
        RANKED(scores)                                                                                                 \
        " SELECT r.rank, s.score, " AUTHOR_COLUMNS("author_ref", "s.user_id",                                          \
                "NULL::text") " FROM scores s LEFT JOIN ranked r ON r.user_id = s.user_id WHERE s.user_id = $1::text::uuid AND ($3::uuid IS NULL OR true)"

static const struct board {
        const char *name;
        const char *sql_rows;
        const char *sql_me;
} boards[] = {
        {"helpers", ROWS_OF(OF_HELPERS), ME_OF(OF_HELPERS)},
        {"consistency", ROWS_OF(OF_CONSISTENCY), ME_OF(OF_CONSISTENCY)},
        {"challenge", ROWS_OF(OF_CHALLENGE), ME_OF(OF_CHALLENGE)},
};

static const struct {
        const char *name;
        int days;
} periods[] = {
        {"week", 7},
        {"month", 30},
        {"all", 36500},
};

static const char SQL_HAS_CHALLENGE[] = "SELECT id FROM challenges WHERE id = $1 AND status <> 'draft'";
static const char SQL_SET[] = "INSERT INTO leaderboard_members (board, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
static const char SQL_CLEAR[] = "DELETE FROM leaderboard_members WHERE board = $1 AND user_id = $2";

static const char CHALLENGE[] = "challenge:";

/* *challenge_id: of a challenge's board; NULL otherwise. */
static status find_board(struct call *call, const char *name, const struct board **out, const char **challenge_id)
{
        Forum__Challenge challenge = FORUM__CHALLENGE__INIT;
        size_t prefix = sizeof CHALLENGE - 1;
        bool is_challenge = strncmp(name, CHALLENGE, prefix) == 0 && uuid_is_valid(name + prefix);
        *challenge_id = is_challenge ? name + prefix : NULL;
        for (size_t i = 0; i < sizeof boards / sizeof *boards; i++)
                if (strcmp(boards[i].name, is_challenge ? "challenge" : name) == 0 &&
                        (is_challenge || strcmp(boards[i].name, "challenge") != 0)) {
                        *out = &boards[i];
                        return is_challenge ? db_one(call, &challenge.base, SQL_HAS_CHALLENGE, *challenge_id)
                                            : STATUS_OK;
                }
        return call_fail(call, STATUS_NOT_FOUND, "there is no such board");
}

static int days_of(const char *period)
{
        for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
                if (strcmp(periods[i].name, period) == 0)
                        return periods[i].days;
        return periods[0].days;
}

static status load_me(
        struct call *call, const struct board *board, int days, const char *challenge_id, Forum__Leaderboard *out)
{
        Forum__LeaderboardRow *me = arena_alloc(call->arena, sizeof *me);
        struct call asking = *call; /* who has no score has no row */
        forum__leaderboard_row__init(me);
        status found = db_one(&asking, &me->base, board->sql_me, call->caller->user_id, days, challenge_id);
        if (found == STATUS_OK)
                out->me = me;
        return found == STATUS_NOT_FOUND ? STATUS_OK : found;
}

static status get_leaderboard(struct call *call, const Forum__GetLeaderboardRequest *in, Forum__Leaderboard *out)
{
        const struct board *board = NULL;
        const char *challenge_id = NULL;
        int days = days_of(in->period);
        TRY(find_board(call, in->board, &board, &challenge_id));
        out->board = in->board;
        TRY(db_rows(call, &out->base, "items", board->sql_rows, call->caller->user_id, days, challenge_id, in->limit));
        return load_me(call, board, days, challenge_id, out);
}

static void show(const Forum__MembershipRequest *in, bool is_member, Forum__Membership *out)
{
        out->board = in->board;
        out->has_is_member = 1;
        out->is_member = is_member;
}

static status set_membership(struct call *call, const Forum__MembershipRequest *in, Forum__Membership *out)
{
        show(in, true, out);
        return db_exec(call, SQL_SET, in->board, call->caller->user_id);
}

static status clear_membership(struct call *call, const Forum__MembershipRequest *in, Forum__Membership *out)
{
        show(in, false, out);
        return db_exec(call, SQL_CLEAR, in->board, call->caller->user_id);
}

RPC_TABLE(leaderboard_rpcs, LEADERBOARD_RPCS);
