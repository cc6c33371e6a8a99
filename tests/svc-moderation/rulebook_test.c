/* SPDX-License-Identifier: Apache-2.0 */
/* When a check would have to look into the database: at first, and when somebody has heard of newer rules. */
#include "common/db.h"
#include "svc-moderation/rulebook.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

enum { SECOND_US = 1000000 };

static struct kit kit;
static struct db *db;

static void begin(void)
{
        kit_open(&kit, "moderation", NULL);
        kit_database(&kit);
        kit_sql(&kit, "CREATE TABLE rulebooks (version bigint PRIMARY KEY, packed bytea NOT NULL)");
        db = db_new(kit.database_url, 10 * SECOND_US);
        ck_assert_int_eq(rulebooks_new("", (struct rulebooks **)&kit.service.state), STATUS_OK);
}

static void end(void)
{
        rulebooks_free(kit.service.state);
        db_free(db);
        kit.call.db = NULL;
        kit_close(&kit);
}

static void look(void)
{
        struct call *call = kit_call(&kit, NULL, 30 * SECOND_US);
        call->db = db;
        db_begin(call, false);
        struct rulebook *book = rulebook_take(call);
        struct classifier *classifier = rulebooks_classifier(kit.service.state);
        classifier_put(classifier_take(classifier));
        rulebook_put(book);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}

TEST(rules_are_fresh_once_the_database_was_asked)
{
        ck_assert(!rulebook_is_prompt(&kit.service));
        look();
        ck_assert(rulebook_is_prompt(&kit.service));
}
END_TEST

TEST(and_not_any_more_when_newer_ones_were_heard_of)
{
        look();
        rulebook_hear(&kit.service, NULL);
        ck_assert(!rulebook_is_prompt(&kit.service));
        look();
        ck_assert(rulebook_is_prompt(&kit.service));
}
END_TEST

TEST(nor_while_a_text_took_long_of_late)
{
        look();
        rulebook_note_time(&kit.service, RULEBOOK_PROMPT_US);
        ck_assert(rulebook_is_prompt(&kit.service));
        rulebook_note_time(&kit.service, RULEBOOK_PROMPT_US + 1);
        ck_assert(!rulebook_is_prompt(&kit.service));
}
END_TEST

SUITE_WITH(begin, end, "svc-moderation/rulebook", FORK, T(rules_are_fresh_once_the_database_was_asked),
        T(and_not_any_more_when_newer_ones_were_heard_of), T(nor_while_a_text_took_long_of_late))
