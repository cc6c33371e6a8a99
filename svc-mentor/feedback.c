/* SPDX-License-Identifier: Apache-2.0 */
/* What each says of a session, sealed from the other until both have spoken or the time is over. */
#include "common/db.h"
#include "common/rpc.h"
#include "svc-mentor/announce.h"
#include "svc-mentor/session_states.h"
#include "svc-mentor/words.h"

#include <string.h>

#define FEEDBACK_RPCS(RPC) RPC(GiveFeedback, give_feedback, Mentor__FeedbackRequest, Mentor__Feedback)
RPC_DECLARE(FEEDBACK_RPCS)

static const char SQL_INSERT[] =
        "INSERT INTO session_feedback (session_id, side, rating, helpful, text) VALUES ($1, $2, $3, $4, $5)";
static const char SQL_COUNT[] = "SELECT count(*) AS number FROM session_feedback WHERE session_id = $1";

static status check_open(struct call *call, const Mentor__SessionRow *session)
{
        if (strcmp(session->status, "completed") != 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the session is %s", session->status);
        if (!session->is_feedback_open)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "feedback is given within 14 days");
        return STATUS_OK;
}

static status give_feedback(struct call *call, const Mentor__FeedbackRequest *in, Mentor__Feedback *out)
{
        static const char *const names[] = {"text"};
        char *const texts[] = {in->text};
        struct review review = {.texts = (char *[]){NULL}};
        Mentor__SessionRow session = MENTOR__SESSION_ROW__INIT;
        Mentor__Id count = MENTOR__ID__INIT;
        TRY(session_load(call, in->session_id, false, &session));
        TRY(check_open(call, &session));
        if (in->text != NULL)
                TRY(words_clean(call, 1, names, texts, &review));
        TRY(db_exec(call, SQL_INSERT, session.id, session.side, in->rating, db_texts(in->n_helpful, in->helpful),
                words_seal(call, session.id, review.texts[0])));
        TRY(db_one(call, &count.base, SQL_COUNT, session.id));
        TRY(announce_feedback(call, &session));
        out->session_id = in->session_id;
        out->has_rating = out->has_is_revealed = 1;
        out->rating = in->rating;
        out->n_helpful = in->n_helpful;
        out->helpful = in->helpful;
        out->text = review.texts[0];
        out->is_revealed = count.number > 1;
        return STATUS_OK;
}

RPC_TABLE(feedback_rpcs, FEEDBACK_RPCS);
