/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of mentors. Each combination of filters is a statement of its own, with a plan of its own. */
#include "common/buffer.h"
#include "common/page.h"
#include "common/rpc.h"
#include "sfp/mentor.pb-c.h"
#include "svc-mentor/mentor_columns.h"

#include <string.h>

#define MENTOR_LIST_RPCS(RPC) RPC(ListMentors, list_mentors, Mentor__ListMentorsRequest, Mentor__MentorList)
RPC_DECLARE(MENTOR_LIST_RPCS)

enum { VALUES_MAX = 16, FIRST_VALUES = 3 /* page key, page id, caller */ };

#define NEW_KEY    "t.new_key"
#define RATING_KEY "(coalesce(t.mentor_rating * 1000000, 0)::bigint)"

struct statement {
        struct buffer sql;
        struct db_value values[VALUES_MAX];
        int count;
};

/* `condition` has the place of its value. */
static void add(struct statement *statement, const char *condition, struct db_value value)
{
        statement->values[statement->count++] = value;
        buffer_printf(&statement->sql, condition, statement->count);
}

static void add_filters(struct statement *statement, const Mentor__ListMentorsRequest *in)
{
        if (in->expertise != NULL)
                add(statement, " AND t.expertise_areas @> ARRAY[$%d::text]", db_text(in->expertise));
        if (in->language != NULL)
                add(statement, " AND t.languages @> ARRAY[$%d::text]", db_text(in->language));
        if (in->has_max_price) {
                add(statement, " AND (t.hourly_rate = 0 OR (t.currency = $%d", db_text(in->currency));
                add(statement, " AND t.hourly_rate <= $%d))", db_integer(in->max_price));
        }
        if (in->has_min_rating)
                add(statement, " AND t.mentor_rating >= $%d::integer", db_integer(in->min_rating));
        if (in->has_verified)
                buffer_puts(
                        &statement->sql, in->verified ? " AND t.is_verified_mentor" : " AND NOT t.is_verified_mentor");
        if (in->slot_from != NULL) {
                add(statement, " AND EXISTS (SELECT FROM mentor_slots(t.id, $%d::timestamptz", db_text(in->slot_from));
                add(statement, ", $%d::timestamptz, 60))", db_text(in->slot_to));
        }
}

static status check_slot(struct call *call, const Mentor__ListMentorsRequest *in)
{
        Mentor__Id range = MENTOR__ID__INIT;
        if ((in->slot_from == NULL) != (in->slot_to == NULL))
                return call_invalid(call, in->slot_from == NULL ? "slot_from" : "slot_to", "required",
                        "slot_from and slot_to belong together");
        if (in->slot_from == NULL)
                return STATUS_OK;
        TRY(db_one(call, &range.base,
                "SELECT ($2::timestamptz > $1::timestamptz AND $2::timestamptz <= $1::timestamptz + interval '31 days')::integer"
                " AS number",
                in->slot_from, in->slot_to));
        return range.number ? STATUS_OK
                            : call_invalid(call, "slot_to", "out_of_range", "must be at most 31 days after slot_from");
}

static status list_mentors(struct call *call, const Mentor__ListMentorsRequest *in, Mentor__MentorList *out)
{
        struct statement statement = {.sql = buffer_in(call->arena), .count = FIRST_VALUES};
        const char *key = strcmp(in->sort, "rating") == 0 ? RATING_KEY : NEW_KEY;
        TRY(check_slot(call, in));
        statement.values[2] = db_text(call->caller->user_id);
        buffer_printf(&statement.sql,
                "SELECT " MENTOR_COLUMNS("$3") ", %s AS page_key, t.id AS page_id FROM mentor_profiles t"
                                               " WHERE (%s, t.id) < ($1::bigint, $2::uuid) AND " MENTOR_IS_LISTED("$3"),
                key, key);
        add_filters(&statement, in);
        buffer_printf(&statement.sql, " ORDER BY %s DESC, t.id DESC", key);
        return page_run(call, &in->base, &out->base, buffer_text(&statement.sql), statement.values, statement.count);
}

RPC_TABLE(mentor_list_rpcs, MENTOR_LIST_RPCS);
