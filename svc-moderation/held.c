/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/held.h"

#include "common/db.h"
#include "common/event.h"
#include "common/review.h"
#include "sfp/content.pb-c.h"
#include "svc-moderation/actions.h"
#include "svc-moderation/cases.h"
#include "svc-moderation/checks.h"
#include "svc-moderation/objects.h"
#include "svc-moderation/policy.h"
#include "svc-moderation/vote_anomalies.h"

#include <string.h>

static const char SQL_LET_SEE[] = "UPDATE cases SET is_held = false WHERE id = $1";

static const char no_category[] = "other";
static const char verdict_allow[] = "allow";
static const char automatic_reason[] =
        "The text was found to break the rules by a machine. You may appeal: a person decides.";

static status let_through(struct call *call, const Content__Snapshot *thing, const Moderation__CheckReply *ruling)
{
        Moderation__ContentChecked event = MODERATION__CONTENT_CHECKED__INIT;
        event.object_type = thing->object_type;
        event.object_id = thing->object_id;
        event.verdict = ruling->verdict;
        event.has_confidence_score = ruling->has_confidence_score;
        event.confidence_score = ruling->confidence_score;
        event.rule_version = ruling->rule_version;
        return event_publish(call, &event.base);
}

/* A case that the machine closes at once, by what can be taken back. */
static status refuse(
        struct call *call, const Content__Snapshot *thing, const char *category, const Moderation__CheckReply *found)
{
        char *action_id;
        struct opened_case opened = {0};
        Moderation__Case about = MODERATION__CASE__INIT;
        TRY(case_open(call, thing, category, &found->confidence_score, 0, 0, &opened));
        if (!opened.is_new)
                return STATUS_OK;
        about.id = opened.id;
        about.object_type = thing->object_type;
        about.object_id = thing->object_id;
        about.author_user_id = thing->author_user_id;
        about.category = (char *)(size_t)category;
        about.is_held = true;
        about.has_confidence_score = 1;
        about.confidence_score = found->confidence_score;
        const struct ruling ruling = {.about = &about,
                .action_taken = "hide",
                .reason = automatic_reason,
                .rule_id = found->n_spans == 0 ? NULL : found->spans[0]->rule_id};
        TRY(case_step(call, opened.id, "auto_action"));
        return action_take(call, &ruling, &action_id);
}

/* The queue is full and the machine only unsure of something mild: it is seen until somebody has looked. */
static status let_see(struct call *call, const Content__Snapshot *thing, const char *case_id, const char *category)
{
        Moderation__ContentChecked event = MODERATION__CONTENT_CHECKED__INIT;
        event.object_type = thing->object_type;
        event.object_id = thing->object_id;
        event.verdict = (char *)(size_t)verdict_allow;
        event.category = (char *)(size_t)category;
        TRY(db_later(call, NULL, SQL_LET_SEE, case_id));
        return event_publish(call, &event.base);
}

static status have_a_person_look(
        struct call *call, const Content__Snapshot *thing, const char *category, const double *confidence)
{
        struct opened_case opened = {0};
        TRY(case_open(call, thing, category, confidence, 0, 0, &opened));
        if (strcmp(category, VOTE_ANOMALY_CATEGORY) == 0)
                TRY(vote_anomaly_note(call, opened.id));
        if (!opened.waits || confidence == NULL || !is_visible_while_it_waits(opened.severity))
                return STATUS_OK;
        return let_see(call, thing, opened.id, category);
}

/* Nobody ruled when it was written. */
static status rule_now(struct call *call, const Content__Snapshot *thing)
{
        Moderation__CheckReply ruling = MODERATION__CHECK_REPLY__INIT;
        TRY(check_texts(call, thing->n_texts, thing->texts, &ruling));
        const char *category = review_category(&ruling);
        if (category == NULL)
                category = no_category;
        if (strcmp(ruling.verdict, "block") == 0)
                return refuse(call, thing, category, &ruling);
        if (strcmp(ruling.verdict, "hold") == 0)
                return have_a_person_look(call, thing, category, &ruling.confidence_score);
        return let_through(call, thing, &ruling);
}

/* Behind the texts of the thing. */
static void add_note(struct call *call, Content__Snapshot *thing, const char *note)
{
        char **texts = arena_alloc(call->arena, (thing->n_texts + 1) * sizeof *texts);
        for (size_t i = 0; i < thing->n_texts; i++)
                texts[i] = thing->texts[i];
        texts[thing->n_texts++] = arena_strdup(call->arena, note);
        thing->texts = texts;
}

status take_held(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        Content__Snapshot *thing;
        const Content__ContentHeld *held = (const Content__ContentHeld *)data;
        (void)event;
        if (data->descriptor != &content__content_held__descriptor)
                return STATUS_OK;
        status found = object_show(call, held->object_type, held->object_id, NULL, &thing);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK; /* it is gone */
        TRY(found);
        if (held->verdict == NULL)
                return rule_now(call, thing);
        if (held->note != NULL)
                add_note(call, thing, held->note);
        return have_a_person_look(call, thing, held->category == NULL ? no_category : held->category,
                held->has_confidence_score ? &held->confidence_score : NULL);
}
