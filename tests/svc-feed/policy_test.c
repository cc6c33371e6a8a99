/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-feed/policy.h"
#include "tests/common/lifecycle_walk.h"
#include "tests/suite.h"

#include <string.h>

enum { DAY = 1440, HOUR = 60, SUNDAY = 6 * DAY };

TEST(what_is_instant_comes_at_once)
{
        ck_assert_int_eq(delivery_delay("instant", 615, NULL, 0), 0);
}
END_TEST

TEST(a_digest_comes_at_its_next_time)
{
        ck_assert_int_eq(delivery_delay("hourly", 10 * HOUR + 15, NULL, 0), 45);
        ck_assert_int_eq(delivery_delay("hourly", 10 * HOUR, NULL, 0), 60);
        ck_assert_int_eq(delivery_delay("daily", 2 * DAY + 7 * HOUR, NULL, 0), 60);
        ck_assert_int_eq(delivery_delay("daily", 2 * DAY + 9 * HOUR, NULL, 0), 23 * HOUR);
        ck_assert_int_eq(delivery_delay("weekly", SUNDAY + 8 * HOUR, NULL, 0), DAY);
        ck_assert_int_eq(delivery_delay("weekly", 8 * HOUR, NULL, 0), 7 * DAY);
}
END_TEST

TEST(quiet_hours_are_waited_out_over_midnight_and_over_the_week)
{
        const int tuesday[] = {2, 22 * HOUR, 7 * HOUR};
        ck_assert_int_eq(delivery_delay("instant", DAY + 21 * HOUR, tuesday, 1), 0);
        ck_assert_int_eq(delivery_delay("instant", DAY + 23 * HOUR, tuesday, 1), 8 * HOUR);
        ck_assert_int_eq(delivery_delay("instant", 2 * DAY + 6 * HOUR, tuesday, 1), HOUR);
        ck_assert_int_eq(delivery_delay("instant", 2 * DAY + 7 * HOUR, tuesday, 1), 0);
        const int sunday[] = {7, 22 * HOUR, 7 * HOUR};
        ck_assert_int_eq(delivery_delay("instant", 5 * HOUR, sunday, 1), 2 * HOUR);
}
END_TEST

TEST(a_window_may_end_in_another)
{
        const int windows[] = {1, 9 * HOUR, 12 * HOUR, 1, 11 * HOUR, 14 * HOUR};
        ck_assert_int_eq(delivery_delay("instant", 10 * HOUR, windows, 2), 4 * HOUR);
        ck_assert_int_eq(delivery_delay("hourly", 8 * HOUR + 30, windows, 2), 5 * HOUR + 30);
}
END_TEST

TEST(quiet_without_end_is_not_waited_for_for_ever)
{
        int windows[7 * 6];
        for (int i = 0; i < 7; i++)
                memcpy(windows + 6 * i, (int[]){i + 1, 0, 720, i + 1, 720, 0}, 6 * sizeof *windows);
        ck_assert_int_le(delivery_delay("instant", 0, windows, 14), 15 * 720);
}
END_TEST

TEST(clients_know_five_frames_by_name)
{
        static const char *const named[] = {"new_inspiration_on_goal", "peer_comparison_updated",
                "mentorship_session_scheduled", "group_goal_milestone_reached", "community_challenge_started"};
        for (size_t i = 0; i < sizeof named / sizeof *named; i++)
                ck_assert_str_eq(notification_kind_of(named[i])->frame, named[i]);
        ck_assert_str_eq(notification_kind_of("reply_posted")->frame, "notification");
        ck_assert_str_eq(notification_kind_of("never_heard_of")->category, "account");
}
END_TEST

TEST(the_life_of_an_activity_is_whole_and_an_owner_does_not_rule)
{
        ck_assert_int_eq(lifecycle_walk(activity_transitions, ""), 5 * 8 * 2);
        ck_assert_ptr_null(lifecycle_find(activity_transitions, "pending_review", "approve", "owner"));
        ck_assert_ptr_null(lifecycle_find(activity_transitions, "hidden", "restore", "owner"));
}
END_TEST

SUITE("svc-feed/policy", FORK, T(the_life_of_an_activity_is_whole_and_an_owner_does_not_rule),
        T(what_is_instant_comes_at_once), T(a_digest_comes_at_its_next_time),
        T(quiet_hours_are_waited_out_over_midnight_and_over_the_week), T(a_window_may_end_in_another),
        T(quiet_without_end_is_not_waited_for_for_ever), T(clients_know_five_frames_by_name))
