/* SPDX-License-Identifier: Apache-2.0 */
#include "common/content.h"

#include "common/field.h"
#include "common/people.h"
#include "common/service.h"

#include <string.h>

#define CONTENT_RPCS(RPC) RPC(Show, show, Content__ShowRequest, Content__Snapshot)
RPC_DECLARE(CONTENT_RPCS)

/* What becomes of a thing by a word of moderation's events: the event's topic, the value of the field that decides, and
 * the lifecycle's action. */
static const struct {
        const char *topic;
        const char *field;
        const char *value;
        const char *action;
} rulings[] = {
        {"moderation.content.checked", "verdict", "allow", "approve"},
        {"moderation.content.checked", "verdict", "label", "approve"},
        {"moderation.content.checked", "verdict", "block", "reject"},
        {"moderation.action.taken", "action_taken", "hide", "hide"},
        {"moderation.action.taken", "action_taken", "remove", "remove"},
        {"moderation.action.taken", "action_taken", "edit_request", "edit_request"},
        {"moderation.action.reversed", "action_taken", "hide", "restore"},
        {"moderation.action.reversed", "action_taken", "remove", "reinstate"},
        {"moderation.action.reversed", "action_taken", "reject", "approve"},
};

static const struct content_kind *find_kind(const struct call *call, const char *object_type)
{
        const struct content_kind *kind = call->service->definition->content;
        for (; kind != NULL && kind->object_type != NULL; kind++)
                if (object_type != NULL && strcmp(kind->object_type, object_type) == 0)
                        return kind;
        return NULL;
}

/* For a viewer: what is public, or their own, and nothing of somebody behind a block. */
static status check_viewer(struct call *call, const char *viewer, const Content__Snapshot *snapshot)
{
        bool is_blocked = false;
        const char *author = snapshot->author_user_id;
        bool is_own = author != NULL && strcmp(author, viewer) == 0;
        if (author != NULL && !is_own)
                TRY(people_are_blocked(call, viewer, author, &is_blocked));
        if (is_own || (snapshot->is_public && !is_blocked))
                return STATUS_OK;
        return call_fail(call, STATUS_NOT_FOUND, "there is no such thing");
}

static status show(struct call *call, const Content__ShowRequest *in, Content__Snapshot *out)
{
        const struct content_kind *kind = find_kind(call, in->object_type);
        if (kind == NULL)
                return call_fail(call, STATUS_NOT_FOUND, "this service has no such kind of thing");
        TRY(kind->show(call, in->object_id, out));
        out->object_type = in->object_type;
        out->object_id = in->object_id;
        return in->viewer_user_id == NULL ? STATUS_OK : check_viewer(call, in->viewer_user_id, out);
}

status content_hold(struct call *call, const char *object_type, const char *object_id, const struct review *review)
{
        Content__ContentHeld event = CONTENT__CONTENT_HELD__INIT;
        event.object_type = (char *)(size_t)object_type;
        event.object_id = (char *)(size_t)object_id;
        event.verdict = (char *)(size_t)review->verdict;
        event.category = (char *)(size_t)review->category;
        event.has_confidence_score = review->verdict != NULL;
        event.confidence_score = review->confidence_score;
        return event_publish(call, &event.base);
}

static const char *action_of(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        for (size_t i = 0; i < sizeof rulings / sizeof *rulings; i++) {
                const char *value = field_text(data, rulings[i].field);
                if (event_has_topic(event, event_topic(call->arena, rulings[i].topic)) && value != NULL &&
                        strcmp(value, rulings[i].value) == 0)
                        return rulings[i].action;
        }
        return NULL;
}

status content_take_ruling(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        const struct content_kind *kind = find_kind(call, field_text(data, "object_type"));
        const char *action = action_of(call, event, data);
        if (kind == NULL || action == NULL)
                return STATUS_OK;
        status result = kind->decide(call, field_text(data, "object_id"), action, field_text(data, "reason"));
        bool is_done = result == STATUS_NOT_FOUND ||
                       (result == STATUS_FAILED_PRECONDITION && call->problem == PROBLEM_ILLEGAL_TRANSITION);
        return is_done ? STATUS_OK : result;
}

RPC_TABLE(content_rpcs, CONTENT_RPCS);
