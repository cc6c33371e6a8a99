/* SPDX-License-Identifier: Apache-2.0 */
/* Events are read by the names of their fields: this service knows no other service's messages. */
#include "svc-feed/notices.h"

#include "common/field.h"
#include "svc-feed/notify.h"
#include "svc-feed/recipients.h"

#include <stddef.h>

/* The first row whose topic the event's begins with says what people are told. Events without recipients tell nobody.
 */
static const struct rule {
        const char *topic;       /* "community.post.created", or the beginning of several */
        const char *type;        /* of the notification */
        const char *object_type; /* what it is about; NULL: nothing that has an address */
        const char *object_id;   /* the field that names it */
} rules[] = {
        {"community.challenge.started", "community_challenge_started", "challenge", "challenge_id"},
        {"community.challenge.ended", "challenge_ended", "challenge", "challenge_id"},
        {"community.post.created", "reply_posted", "forum_topic", "topic_id"},
        {"community.topic.solved", "answer_accepted", "forum_post", "post_id"},
        {"community.topic.unsolved", "answer_unaccepted", "forum_post", "post_id"},
        {"community.reaction.set", "post_reaction", "forum_post", "post_id"},
        {"goals.inspiration.received", "new_inspiration_on_goal", "goal_share", "share_id"},
        {"goals.share.completed", "share_completed", "goal_share", "share_id"},
        {"groups.milestone.reached", "group_goal_milestone_reached", "group_goal", "group_goal_id"},
        {"groups.milestone.revoked", "group_milestone_revoked", "group_goal", "group_goal_id"},
        {"groups.goal.updated", "group_updated", "group_goal", "group_goal_id"},
        {"groups.goal.status_changed", "group_status_changed", "group_goal", "group_goal_id"},
        {"groups.participant.joined", "group_member_joined", "group_goal", "group_goal_id"},
        {"groups.participant.state_changed", "group_participation_changed", "group_goal", "group_goal_id"},
        {"groups.contribution.", "group_contribution", "group_goal", "group_goal_id"},
        {"groups.celebration.created", "group_celebration", "group_goal", "group_goal_id"},
        {"groups.schedule.due", "group_contribution_due", "group_goal", "group_goal_id"},
        {"groups.schedule.overdue", "group_contribution_overdue", "group_goal", "group_goal_id"},
        {"groups.", "group_event", "group_goal", "group_goal_id"},
        {"mentorship.session.scheduled", "mentorship_session_scheduled", "mentorship_session", "session_id"},
        {"mentorship.session.rescheduled", "mentorship_session_rescheduled", "mentorship_session", "session_id"},
        {"mentorship.session.reminder_due", "mentorship_session_reminder", "mentorship_session", "session_id"},
        {"mentorship.session.", "mentorship_session_changed", "mentorship_session", "session_id"},
        {"mentorship.match.requested", "mentorship_match_requested", "mentorship_match", "match_id"},
        {"mentorship.match.", "mentorship_match_changed", "mentorship_match", "match_id"},
        {"mentorship.goal.achieved", "mentorship_goal_achieved", "mentorship_match", "match_id"},
        {"mentorship.mentor.", "mentorship_profile_changed", "mentor_profile", "mentor_profile_id"},
        {"mentorship.review.", "mentorship_review", "mentor_review", "review_id"},
        {"mentorship.", "mentorship_event", NULL, NULL},
        {"peers.comparison.updated", "peer_comparison_updated", NULL, NULL},
        {"profile.badge.awarded", "badge_awarded", "badge", "badge_id"},
        {"profile.level.changed", "level_changed", "profile", "profile_id"},
        {"moderation.action.", "moderation_action", "moderation_action", "action_id"},
        {"moderation.appeal.", "moderation_appeal", "moderation_appeal", "appeal_id"},
        {"moderation.report.", "moderation_report", "moderation_report", "report_id"},
        {"moderation.case.", "moderation_case", "moderation_case", "case_id"},
        {"moderation.", "moderation_event", NULL, NULL},
};

static const struct rule *rule_of(struct call *call, const Events__CloudEvent *event)
{
        for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
                if (event_has_topic(event, event_topic(call->arena, rules[i].topic)))
                        return &rules[i];
        return NULL;
}

status notices_make(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        const char **ids;
        const struct rule *rule = rule_of(call, event);
        size_t count = rule == NULL ? 0 : recipients_of(call, data, &ids);
        for (size_t i = 0; i < count; i++)
                TRY(notify(
                        call, &(struct notice){.user_id = ids[i],
                                      .type = rule->type,
                                      .object_type = rule->object_type,
                                      .object_id = rule->object_id == NULL ? NULL : field_text(data, rule->object_id),
                                      .event_key = arena_printf(call->arena, "event:%s", event->id),
                                      .actor_user_id = field_text(data, "actor_user_id")}));
        return STATUS_OK;
}
