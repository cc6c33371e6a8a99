/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions as their two see them: booked or proposed, read, noted. */
#include "common/buffer.h"
#include "common/db.h"
#include "common/page.h"
#include "common/people.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-mentor/announce.h"
#include "svc-mentor/match_states.h"
#include "svc-mentor/policy.h"
#include "svc-mentor/session_states.h"
#include "svc-mentor/words.h"

#include <string.h>

#define SESSION_RPCS(RPC)                                                                                              \
        RPC(CreateSession, create_session, Mentor__CreateSessionRequest, Mentor__Session)                              \
        RPC(ListSessions, list_sessions, Mentor__ListSessionsRequest, Mentor__SessionList)                             \
        RPC(GetSession, get_session, Mentor__GetSessionRequest, Mentor__Session)                                       \
        RPC(UpdateSession, update_session, Mentor__UpdateSessionRequest, Mentor__Session)
RPC_DECLARE(SESSION_RPCS)

enum { WORDS_MAX = 48 }; /* title, topics, action items */

#define SCOPE "CASE WHEN m.is_anonymous THEN 'match:' || m.id END"
#define IS_REVEALED                                                                                                    \
        "(s.ended_at < now() - interval '" REVIEW_LIFE "' OR (f.rating IS NOT NULL AND r.rating IS NOT NULL))"
/* Each sees their own rating, and the other's once it is revealed. */
#define SESSION_COLUMNS(viewer)                                                                                          \
        "s.id, s.match_id AS mentorship_match_id, s.title, s.session_number, s.scheduled_start_time, s.planned_minutes," \
        " s.actual_duration_minutes, s.agenda, s.topics_covered, s.status, s.proposed_by, s.at_fault, s.version,"        \
        " CASE WHEN s.session_number IS NOT NULL THEN s.join_ref END AS join_ref,"                                       \
        " CASE WHEN m.mentee_user_id = " viewer "::uuid OR " IS_REVEALED                                                 \
        " THEN f.rating END AS mentee_session_rating,"                                                                   \
        " CASE WHEN m.mentor_user_id = " viewer "::uuid OR " IS_REVEALED                                                 \
        " THEN r.rating END AS mentor_session_rating,"                                                                   \
        " " AUTHOR_COLUMNS("mentor", "m.mentor_user_id", SCOPE) ", " AUTHOR_COLUMNS(                                     \
                "mentee", "m.mentee_user_id", SCOPE)
#define SESSION_SOURCE                                                                                                 \
        " FROM mentorship_sessions s JOIN mentorship_matches m ON m.id = s.match_id"                                   \
        " LEFT JOIN session_feedback f ON f.session_id = s.id AND f.side = 'mentee'"                                   \
        " LEFT JOIN session_feedback r ON r.session_id = s.id AND r.side = 'mentor'"

#define START_KEY "(extract(epoch FROM s.scheduled_start_time) * 1000000)::bigint"
static const char SQL_LIST[] = "SELECT " SESSION_COLUMNS(
        "$3") ", " START_KEY " AS page_key, s.id AS page_id" SESSION_SOURCE " WHERE (" START_KEY
              ", s.id) < ($1::bigint, $2::uuid) AND (m.mentor_user_id = $3::uuid OR m.mentee_user_id = $3::uuid)"
              " AND ($4::timestamptz IS NULL OR s.scheduled_start_time >= $4::timestamptz)"
              " AND ($5::timestamptz IS NULL OR s.scheduled_start_time < $5::timestamptz)"
              " AND ($6::text IS NULL OR s.status = $6) AND ($7::uuid IS NULL OR s.match_id = $7)"
              " ORDER BY page_key DESC, s.id DESC";
static const char SQL_GET[] = "SELECT " SESSION_COLUMNS("$2") SESSION_SOURCE " WHERE s.id = $1";
static const char SQL_ITEMS[] =
        "SELECT id, text, owner, state, due_on FROM session_action_items WHERE session_id = $1 ORDER BY place";
static const char SQL_INSERT[] =
        "INSERT INTO mentorship_sessions (id, match_id, title, scheduled_start_time, planned_minutes, agenda, status, proposed_by,"
        " join_ref) VALUES ($1, $2, $3, $4::timestamptz, $5, $6, $7, $8, $9)";
/* Within the mentor's hours, which go on where one window ends and the next begins, and not too soon for them. */
static const char SQL_IS_PUBLISHED[] =
        "SELECT t.buffer_minutes AS number, ($2::timestamptz >= now() + t.min_notice_hours * interval '1 hour'"
        " AND coalesce(tstzrange($2::timestamptz, $2::timestamptz + $3::integer * interval '1 minute') <@"
        "  (SELECT range_agg(tstzrange(w.opens, w.closes)) FROM mentor_windows(t.id, $2::timestamptz - interval '1 day',"
        "   $2::timestamptz + interval '1 day') w WHERE w.opens < w.closes), false))::integer::float8 AS real"
        " FROM mentor_profiles t WHERE t.id = $1";
static const char SQL_UPDATE[] =
        "UPDATE mentorship_sessions SET title = coalesce($2, title), version = version + 1,"
        " topics_covered = CASE WHEN cardinality($3::text[]) > 0 THEN $3::text[] ELSE topics_covered END WHERE id = $1";
static const char SQL_CLEAR_ITEMS[] = "DELETE FROM session_action_items WHERE session_id = $1";
static const char SQL_ADD_ITEM[] =
        "INSERT INTO session_action_items (id, session_id, place, text, owner, state, due_on)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)";

static status show(struct call *call, const char *id, Mentor__Session *out)
{
        Mentor__ActionItemList items = MENTOR__ACTION_ITEM_LIST__INIT;
        TRY(db_one(call, &out->base, SQL_GET, id, call->caller->user_id));
        TRY(db_rows(call, &items.base, "items", SQL_ITEMS, id));
        out->n_action_items = items.n_items;
        out->action_items = items.items;
        return STATUS_OK;
}

static status list_sessions(struct call *call, const Mentor__ListSessionsRequest *in, Mentor__SessionList *out)
{
        return page_rows(call, &in->base, &out->base, SQL_LIST, call->caller->user_id, in->from, in->to, in->status,
                in->match_id);
}

static status get_session(struct call *call, const Mentor__GetSessionRequest *in, Mentor__Session *out)
{
        Mentor__SessionRow session = MENTOR__SESSION_ROW__INIT;
        TRY(session_load(call, in->session_id, false, &session));
        return show(call, session.id, out);
}

/* A mentee books what the mentor has published; everything else is proposed. */
static status plan(struct call *call, const Mentor__CreateSessionRequest *in, const Mentor__MatchRow *match,
        Mentor__SessionRow *session, const char **action)
{
        Mentor__Id published = MENTOR__ID__INIT;
        TRY(db_one(call, &published.base, SQL_IS_PUBLISHED, match->mentor_profile_id, in->scheduled_start_time,
                in->planned_minutes));
        bool is_booking = published.real > 0 && strcmp(match->side, "mentee") == 0;
        *action = is_booking ? "book" : "propose";
        session->id = arena_alloc(call->arena, UUID_SIZE);
        uuid_v7(session->id);
        session->match_id = match->id;
        session->mentor_user_id = match->mentor_user_id;
        session->mentee_user_id = match->mentee_user_id;
        session->match_status = match->status;
        session->is_anonymous = match->is_anonymous;
        session->side = session->proposed_by = match->side;
        session->scheduled_start_time = in->scheduled_start_time;
        session->planned_minutes = in->planned_minutes;
        session->buffer_minutes = (int)published.number;
        return STATUS_OK;
}

static status store(struct call *call, const Mentor__CreateSessionRequest *in, const struct review *review,
        Mentor__SessionRow *session, const char *action)
{
        struct lifecycle_step step;
        char join_ref[UUID_SIZE];
        struct lifecycle_subject subject = {
                .id = session->id, .state = LIFECYCLE_NEW, .actors = session->side, .facts = session};
        uuid_v4(join_ref);
        TRY(lifecycle_step(call, &session_lifecycle, &subject, action, NULL, &step));
        TRY(db_exec(call, SQL_INSERT, session->id, session->match_id, review->texts[0], session->scheduled_start_time,
                session->planned_minutes, db_texts(in->n_agenda, review->texts + 1), step.to, session->side, join_ref));
        TRY(session_hold(call, session));
        if (strcmp(step.to, "scheduled") != 0)
                return announce_session(call, session, step.from, step.to);
        Mentor__SessionRow stored = MENTOR__SESSION_ROW__INIT;
        TRY(session_load(call, session->id, false, &stored));
        return session_scheduled(call, &stored);
}

static status clean(
        struct call *call, const char *title, size_t n, char *const *more, const char *more_name, struct review *review)
{
        const char *names[WORDS_MAX] = {"title"};
        char *texts[WORDS_MAX] = {(char *)(size_t)title};
        for (size_t i = 0; i < n; i++) {
                names[i + 1] = arena_printf(call->arena, "%s[%zu]", more_name, i);
                texts[i + 1] = more[i];
        }
        return words_clean(call, n + 1, names, texts, review);
}

static status create_session(struct call *call, const Mentor__CreateSessionRequest *in, Mentor__Session *out)
{
        struct review review;
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        Mentor__SessionRow session = MENTOR__SESSION_ROW__INIT;
        const char *action;
        TRY(match_load(call, in->match_id, false, &match));
        TRY(session_check_start(call, "scheduled_start_time", in->scheduled_start_time));
        TRY(clean(call, in->title, in->n_agenda, in->agenda, "agenda", &review));
        TRY(session_lock_people(call, &match));
        mentor__match_row__init(&match);
        TRY(match_load(call, in->match_id, false, &match));
        TRY(plan(call, in, &match, &session, &action));
        TRY(store(call, in, &review, &session, action));
        TRY(show(call, session.id, out));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        return STATUS_OK;
}

static status store_items(struct call *call, const Mentor__UpdateSessionRequest *in, char *const *texts)
{
        if (in->n_action_items == 0)
                return STATUS_OK;
        TRY(db_later(call, NULL, SQL_CLEAR_ITEMS, in->session_id));
        for (size_t i = 0; i < in->n_action_items; i++) {
                const Mentor__ActionItem *item = in->action_items[i];
                char id[UUID_SIZE];
                uuid_v7(id);
                TRY(db_later(call, NULL, SQL_ADD_ITEM, id, in->session_id, (int)i, texts[i], item->owner, item->state,
                        item->due_on));
        }
        return db_flush(call);
}

static status update_session(struct call *call, const Mentor__UpdateSessionRequest *in, Mentor__Session *out)
{
        struct review review;
        Mentor__SessionRow session = MENTOR__SESSION_ROW__INIT;
        size_t n_topics = in->n_topics_covered, n_items = in->n_action_items;
        char **words = arena_alloc(call->arena, (n_topics + n_items) * sizeof *words + 1);
        for (size_t i = 0; i < n_topics; i++)
                words[i] = in->topics_covered[i];
        for (size_t i = 0; i < n_items; i++)
                words[n_topics + i] = in->action_items[i]->text;
        TRY(session_load(call, in->session_id, false, &session));
        TRY(clean(call, in->title, n_topics + n_items, words, "notes", &review));
        TRY(session_load(call, in->session_id, true, &session));
        TRY(call_expect_version(call, session.version));
        TRY(db_exec(call, SQL_UPDATE, session.id, review.texts[0], db_texts(n_topics, review.texts + 1)));
        TRY(store_items(call, in, review.texts + 1 + n_topics));
        TRY(show(call, session.id, out));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        return STATUS_OK;
}

RPC_TABLE(session_rpcs, SESSION_RPCS);
