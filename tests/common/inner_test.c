/* SPDX-License-Identifier: Apache-2.0 */
/* What is for the inside of a service is cleared, in the message and in its parts, and nothing else is. */
#include "common/inner.h"
#include "sfp/goals.pb-c.h"
#include "sfp/moderation.pb-c.h"
#include "sfp/person.pb-c.h"
#include "tests/suite.h"

static struct schema *schema;

static void set_up(void)
{
        schema = schema_new();
}

static void tear_down(void)
{
        schema_free(schema);
}

TEST(inner_fields_are_cleared_in_all_parts)
{
        const struct schema_message *type = schema_message_find(schema, &moderation__case_list__descriptor);
        Sfp__AuthorRef author = SFP__AUTHOR_REF__INIT;
        Moderation__Case item = MODERATION__CASE__INIT;
        Moderation__Case *items[] = {&item};
        Moderation__CaseList list = MODERATION__CASE_LIST__INIT;
        author.user_id = "somebody";
        author.id = "shown";
        item.author = &author;
        item.has_texts_sealed = item.has_is_conflict = item.has_is_held = 1;
        item.author_user_id = "somebody";
        item.id = "shown";
        list.n_items = 1;
        list.items = items;
        ck_assert(inner_is_in(type));
        inner_clear(type, &list.base);
        ck_assert_ptr_null(author.user_id);
        ck_assert_ptr_null(item.author_user_id);
        ck_assert(!item.has_texts_sealed && !item.has_is_conflict && item.has_is_held);
        ck_assert_str_eq(author.id, "shown");
        ck_assert_str_eq(item.id, "shown");
}
END_TEST

TEST(a_type_without_them_is_known_as_such)
{
        ck_assert(!inner_is_in(schema_message_find(schema, &goals__template_list__descriptor)));
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/inner", FORK, T(inner_fields_are_cleared_in_all_parts),
        T(a_type_without_them_is_known_as_such))
