/* SPDX-License-Identifier: Apache-2.0 */
/* When somebody mentors, as the clock on their wall says; and what of that is free, as instants. The arithmetic of time
 * zones is PostgreSQL's. */
#include "common/db.h"
#include "common/rpc.h"
#include "svc-mentor/mentors.h"
#include "svc-mentor/time_zone.h"

#include <string.h>

#define AVAILABILITY_RPCS(RPC)                                                                                         \
        RPC(GetAvailability, get_availability, Sfp__Empty, Mentor__Availability)                                       \
        RPC(PutAvailability, put_availability, Mentor__PutAvailabilityRequest, Mentor__Availability)                   \
        RPC(ListSlots, list_slots, Mentor__ListSlotsRequest, Mentor__SlotList)
RPC_DECLARE(AVAILABILITY_RPCS)

static const char SQL_GET[] =
        "SELECT id, time_zone, min_notice_hours, buffer_minutes, availability_version AS version FROM mentor_profiles WHERE id = $1";
static const char SQL_WEEKLY[] =
        "SELECT day, to_char(starts, 'HH24:MI') AS start, CASE WHEN ends = '24:00' THEN '24:00' ELSE to_char(ends, 'HH24:MI') END"
        " AS \"end\" FROM availability_weekly WHERE mentor_profile_id = $1 ORDER BY day, starts";
static const char SQL_OVERRIDES[] =
        "SELECT on_date, to_char(starts, 'HH24:MI') AS start, CASE WHEN ends = '24:00' THEN '24:00'"
        " ELSE to_char(ends, 'HH24:MI') END AS \"end\" FROM availability_overrides WHERE mentor_profile_id = $1"
        " ORDER BY on_date, starts";
static const char SQL_LOCK[] = "SELECT FROM mentor_profiles WHERE id = $1 FOR NO KEY UPDATE";
static const char SQL_SET[] = "UPDATE mentor_profiles SET time_zone = $2, min_notice_hours = $3, buffer_minutes = $4,"
                              " availability_version = availability_version + 1 WHERE id = $1";
static const char SQL_CLEAR_WEEKLY[] = "DELETE FROM availability_weekly WHERE mentor_profile_id = $1";
static const char SQL_CLEAR_OVERRIDES[] = "DELETE FROM availability_overrides WHERE mentor_profile_id = $1";
static const char SQL_ADD_WEEKLY[] =
        "INSERT INTO availability_weekly (mentor_profile_id, day, starts, ends)"
        " SELECT $1, t.day, t.starts, t.ends FROM unnest($2::integer[], $3::time[], $4::time[]) AS t (day, starts, ends)";
static const char SQL_ADD_OVERRIDES[] = "INSERT INTO availability_overrides (mentor_profile_id, on_date, starts, ends)"
                                        " SELECT $1, t.on_date, nullif(t.starts, '')::time, nullif(t.ends, '')::time"
                                        " FROM unnest($2::date[], $3::text[], $4::text[]) AS t (on_date, starts, ends)";
static const char SQL_SLOTS[] =
        "SELECT s.starts AS start, s.ends AS \"end\", to_char(s.starts AT TIME ZONE $5::text, 'YYYY-MM-DD\"T\"HH24:MI:SS') AS local_start"
        " FROM mentor_slots($1, $2::timestamptz, $3::timestamptz, $4::integer) s ORDER BY s.starts LIMIT 200";
static const char SQL_IS_RANGE[] =
        "SELECT ($2::timestamptz > $1::timestamptz AND $2::timestamptz <= $1::timestamptz + interval '31 days')::integer AS number";

static status show(struct call *call, const char *id, Mentor__Availability *out)
{
        Mentor__WeeklyHoursList weekly = MENTOR__WEEKLY_HOURS_LIST__INIT;
        Mentor__DayHoursList overrides = MENTOR__DAY_HOURS_LIST__INIT;
        TRY(db_one(call, &out->base, SQL_GET, id));
        TRY(db_rows(call, &weekly.base, "items", SQL_WEEKLY, id));
        TRY(db_rows(call, &overrides.base, "items", SQL_OVERRIDES, id));
        out->n_weekly = weekly.n_items;
        out->weekly = weekly.items;
        out->n_overrides = overrides.n_items;
        out->overrides = overrides.items;
        return STATUS_OK;
}

static status get_availability(struct call *call, const Sfp__Empty *in, Mentor__Availability *out)
{
        (void)in;
        const char *id;
        TRY(mentor_id_of(call, "me", &id));
        return show(call, id, out);
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* "00:00" to "24:00". */
static bool is_wall_time(const char *text)
{
        if (!is_digit(text[0]) || !is_digit(text[1]) || text[2] != ':' || !is_digit(text[3]) || !is_digit(text[4]))
                return false;
        int hours = (text[0] - '0') * 10 + text[1] - '0', minutes = (text[3] - '0') * 10 + text[4] - '0';
        return minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0));
}

static status check_hours(struct call *call, const char *list, size_t i, const char *start, const char *end)
{
        if (!is_wall_time(start))
                return call_invalid(call, arena_printf(call->arena, "%s[%zu].start", list, i), "malformed",
                        "must be a time such as 09:30");
        if (!is_wall_time(end) || strcmp(start, end) >= 0)
                return call_invalid(call, arena_printf(call->arena, "%s[%zu].end", list, i), "out_of_range",
                        "must be a later time such as 17:00");
        return STATUS_OK;
}

static status add_weekly(struct call *call, const char *id, const Mentor__PutAvailabilityRequest *in)
{
        size_t count = in->n_weekly;
        char **columns[3];
        for (int c = 0; c < 3; c++)
                columns[c] = arena_alloc(call->arena, count * sizeof(char *) + 1);
        for (size_t i = 0; i < count; i++) {
                TRY(check_hours(call, "weekly", i, in->weekly[i]->start, in->weekly[i]->end));
                columns[0][i] = arena_printf(call->arena, "%d", in->weekly[i]->day);
                columns[1][i] = in->weekly[i]->start;
                columns[2][i] = in->weekly[i]->end;
        }
        status added = db_exec(call, SQL_ADD_WEEKLY, id, db_texts(count, columns[0]), db_texts(count, columns[1]),
                db_texts(count, columns[2]));
        return added == STATUS_ALREADY_EXISTS
                       ? call_invalid(call, "weekly", "not_allowed", "must not name the same hour twice")
                       : added;
}

static status add_overrides(struct call *call, const char *id, const Mentor__PutAvailabilityRequest *in)
{
        size_t count = in->n_overrides;
        char **columns[3];
        for (int c = 0; c < 3; c++)
                columns[c] = arena_alloc(call->arena, count * sizeof(char *) + 1);
        for (size_t i = 0; i < count; i++) {
                const Mentor__DayHours *day = in->overrides[i];
                if (day->start != NULL || day->end != NULL)
                        TRY(check_hours(call, "overrides", i, day->start == NULL ? "-----" : day->start,
                                day->end == NULL ? "-----" : day->end));
                columns[0][i] = day->on_date;
                columns[1][i] = day->start == NULL ? (char *)(size_t) "" : day->start;
                columns[2][i] = day->end == NULL ? (char *)(size_t) "" : day->end;
        }
        status added = db_exec(call, SQL_ADD_OVERRIDES, id, db_texts(count, columns[0]), db_texts(count, columns[1]),
                db_texts(count, columns[2]));
        return added == STATUS_ALREADY_EXISTS
                       ? call_invalid(call, "overrides", "not_allowed", "must not name the same hour twice")
                       : added;
}

static status put_availability(struct call *call, const Mentor__PutAvailabilityRequest *in, Mentor__Availability *out)
{
        const char *id;
        Mentor__Availability old = MENTOR__AVAILABILITY__INIT;
        TRY(mentor_id_of(call, "me", &id));
        TRY(time_zone_check(call, in->time_zone));
        TRY(db_later(call, NULL, SQL_LOCK, id));
        TRY(db_one(call, &old.base, SQL_GET, id));
        TRY(call_expect_version(call, old.version));
        TRY(db_exec(call, SQL_SET, id, in->time_zone, in->min_notice_hours, in->buffer_minutes));
        TRY(db_later(call, NULL, SQL_CLEAR_WEEKLY, id));
        TRY(db_later(call, NULL, SQL_CLEAR_OVERRIDES, id));
        TRY(add_weekly(call, id, in));
        TRY(add_overrides(call, id, in));
        return show(call, id, out);
}

static status list_slots(struct call *call, const Mentor__ListSlotsRequest *in, Mentor__SlotList *out)
{
        Mentor__MentorProfile mentor = MENTOR__MENTOR_PROFILE__INIT;
        Mentor__Id range = MENTOR__ID__INIT;
        const char *id;
        TRY(mentor_id_of(call, in->mentor_profile_id, &id));
        TRY(mentor_get(call, id, &mentor));
        TRY(db_one(call, &range.base, SQL_IS_RANGE, in->from, in->to));
        if (!range.number)
                return call_invalid(call, "to", "out_of_range", "must be after from, by at most 31 days");
        out->time_zone = in->time_zone != NULL ? in->time_zone : call->caller->time_zone;
        if (out->time_zone == NULL || *out->time_zone == '\0')
                out->time_zone = (char *)(size_t) "UTC";
        TRY(time_zone_check(call, out->time_zone));
        return db_rows(
                call, &out->base, "items", SQL_SLOTS, id, in->from, in->to, in->duration_minutes, out->time_zone);
}

RPC_TABLE(availability_rpcs, AVAILABILITY_RPCS);
