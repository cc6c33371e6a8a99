/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/policy.h"

#include "sfp/groups.pb-c.h"
#include "tests/common/lifecycle_walk.h"
#include "tests/suite.h"

#include <string.h>

TEST(the_lives_of_groups_people_and_celebrations_are_whole)
{
        ck_assert_int_gt(lifecycle_walk(group_transitions, "completed cancelled"), 0);
        ck_assert_int_gt(lifecycle_walk(participation_transitions, "left removed declined"), 0);
        ck_assert_int_gt(lifecycle_walk(celebration_transitions, ""), 0);
}
END_TEST

TEST(a_group_is_active_with_two_members_and_a_plan_for_all)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        const struct transition *row = lifecycle_find(group_transitions, "open", "activate", "gadmin");
        group.total_participants = 1;
        group.is_plan_ready = 1;
        ck_assert(!row->guard(&group));
        group.total_participants = 2;
        ck_assert(row->guard(&group));
        group.is_plan_ready = 0;
        ck_assert(!row->guard(&group));
}
END_TEST

TEST(what_is_frozen_only_a_moderator_thaws)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        const struct transition *row = lifecycle_find(group_transitions, "paused", "resume", "gadmin");
        ck_assert(row->guard(&group));
        group.is_frozen = 1;
        ck_assert(!row->guard(&group));
        group.is_moderator = 1;
        ck_assert(row->guard(&group));
        ck_assert(!lifecycle_find(group_transitions, "paused", "complete_partial", "gadmin")->guard(&group));
}
END_TEST

TEST(what_is_past_its_day_needs_another_one)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        group.is_past_date = 1;
        ck_assert(!lifecycle_find(group_transitions, "paused", "resume", "gadmin")->guard(&group));
}
END_TEST

TEST(nobody_gets_money_out_without_a_decision)
{
        for (const struct transition *row = group_transitions; row->action != NULL; row++)
                ck_assert_int_eq(action_pays_back(row->action),
                        strcmp(row->next, "disbursing") == 0 || strcmp(row->next, "cancelling") == 0);
}
END_TEST

TEST(the_last_gadmin_cannot_leave)
{
        Groups__ParticipationRow who = GROUPS__PARTICIPATION_ROW__INIT;
        const struct transition *row = lifecycle_find(participation_transitions, "active", "leave", "owner");
        who.group_status = (char *)(size_t) "active";
        ck_assert(!row->guard(&who));
        who.can_be_spared = 1;
        ck_assert(row->guard(&who));
        who.group_status = (char *)(size_t) "cancelling";
        ck_assert(!row->guard(&who));
}
END_TEST

TEST(nobody_is_let_in_where_no_place_is_left)
{
        Groups__ParticipationRow who = GROUPS__PARTICIPATION_ROW__INIT;
        const struct transition *row = lifecycle_find(participation_transitions, "requested", "approve", "gadmin");
        who.group_status = (char *)(size_t) "open";
        ck_assert(!row->guard(&who));
        who.has_place = 1;
        ck_assert(row->guard(&who));
        who.group_status = (char *)(size_t) "reached";
        ck_assert(!row->guard(&who));
}
END_TEST

SUITE("svc-groups/policy", FORK, T(the_lives_of_groups_people_and_celebrations_are_whole),
        T(a_group_is_active_with_two_members_and_a_plan_for_all), T(what_is_frozen_only_a_moderator_thaws),
        T(what_is_past_its_day_needs_another_one), T(nobody_gets_money_out_without_a_decision),
        T(the_last_gadmin_cannot_leave), T(nobody_is_let_in_where_no_place_is_left))
