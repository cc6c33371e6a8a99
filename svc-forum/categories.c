/* SPDX-License-Identifier: Apache-2.0 */
/* The forum's tree. Administrators make it; a category is never deleted, it is archived. */
#include "common/db.h"
#include "common/page.h"
#include "common/people.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-forum/announce.h"

#define CATEGORY_RPCS(RPC)                                                                                             \
        RPC(ListCategories, list_categories, Forum__ListCategoriesRequest, Forum__CategoryList)                        \
        RPC(CreateCategory, create_category, Forum__CreateCategoryRequest, Forum__Category)                            \
        RPC(GetCategory, get_category, Forum__GetCategoryRequest, Forum__Category)                                     \
        RPC(UpdateCategory, update_category, Forum__UpdateCategoryRequest, Forum__Category)
RPC_DECLARE(CATEGORY_RPCS)

#define CATEGORY_COLUMNS                                                                                               \
        "c.id, c.name, c.description, c.forum_type, c.parent_category_id, c.is_moderated, c.minimum_experience_level," \
        " c.status, c.topics_count, c.version"

/* The viewer's level stands in the table people; who is not there is a newcomer. */
#define MAY_POST(viewer)                                                                                                  \
        "c.status = 'active' AND level_rank(c.minimum_experience_level) <= coalesce((SELECT level_rank(experience_level)" \
        " FROM people WHERE user_id = " viewer "::text::uuid), 1) AS may_post"

static const char SQL_LIST[] = "SELECT " CATEGORY_COLUMNS ", " MAY_POST(
        "$3") ", c.place AS page_key, c.id AS page_id FROM forum_categories c"
              " WHERE c.status = $4 AND ($5::uuid IS NULL OR c.parent_category_id = $5::uuid) AND (c.place, c.id) < ($1::bigint, $2::uuid)"
              " ORDER BY c.place DESC, c.id DESC";
static const char SQL_GET[] = "SELECT " CATEGORY_COLUMNS ", " MAY_POST("$2") " FROM forum_categories c WHERE c.id = $1";
static const char SQL_MODERATORS[] = "SELECT " AUTHOR_COLUMNS(
        "author_ref", "m.user_id", "NULL::text") " FROM category_moderators m"
                                                 " WHERE m.category_id = $1 ORDER BY m.user_id";
static const char SQL_INSERT[] =
        "INSERT INTO forum_categories (id, name, description, forum_type, parent_category_id, is_moderated,"
        " minimum_experience_level, place) VALUES ($1, $2, $3, $4, $5, $6, $7, -micros(clock_timestamp()))";
static const char SQL_UPDATE[] =
        "UPDATE forum_categories SET name = coalesce($3, name), description = coalesce($4, description),"
        " forum_type = coalesce($5, forum_type), is_moderated = coalesce($6::boolean, is_moderated),"
        " minimum_experience_level = coalesce($7, minimum_experience_level), status = coalesce($8, status),"
        " version = version + 1 WHERE id = $1 AND version = $2";
static const char SQL_LOCK[] = "SELECT version FROM forum_categories WHERE id = $1 FOR UPDATE";
static const char SQL_CLEAR_MODERATORS[] = "DELETE FROM category_moderators WHERE category_id = $1";
static const char SQL_ADD_MODERATORS[] = "INSERT INTO category_moderators (category_id, user_id)"
                                         " SELECT $1, u FROM unnest($2::uuid[]) u ON CONFLICT DO NOTHING";

static status load(struct call *call, const char *id, Forum__Category *out)
{
        Forum__CategoryModeratorList moderators = FORUM__CATEGORY_MODERATOR_LIST__INIT;
        TRY(db_one(call, &out->base, SQL_GET, id, call->caller->user_id));
        TRY(db_rows(call, &moderators.base, "items", SQL_MODERATORS, id));
        out->n_moderators = moderators.n_items;
        out->moderators = moderators.items;
        return STATUS_OK;
}

static status list_categories(struct call *call, const Forum__ListCategoriesRequest *in, Forum__CategoryList *out)
{
        return page_rows(
                call, &in->base, &out->base, SQL_LIST, call->caller->user_id, in->status, in->parent_category_id);
}

static status get_category(struct call *call, const Forum__GetCategoryRequest *in, Forum__Category *out)
{
        return load(call, in->category_id, out);
}

static status create_category(struct call *call, const Forum__CreateCategoryRequest *in, Forum__Category *out)
{
        char *id = arena_alloc(call->arena, UUID_SIZE);
        Forum__Category parent = FORUM__CATEGORY__INIT;
        uuid_v7(id);
        if (in->parent_category_id != NULL &&
                db_one(call, &parent.base, SQL_GET, in->parent_category_id, call->caller->user_id) != STATUS_OK)
                return call_invalid(call, "parent_category_id", "not_found", "there is no such category");
        TRY(db_exec(call, SQL_INSERT, id, in->name, in->description, in->forum_type, in->parent_category_id,
                (int)in->is_moderated, in->minimum_experience_level));
        TRY(db_exec(call, SQL_ADD_MODERATORS, id, db_texts(in->n_moderator_user_ids, in->moderator_user_ids)));
        TRY(announce_category(call, id));
        return load(call, id, out);
}

static status update_category(struct call *call, const Forum__UpdateCategoryRequest *in, Forum__Category *out)
{
        Forum__Category old = FORUM__CATEGORY__INIT;
        TRY(db_one(call, &old.base, SQL_LOCK, in->category_id));
        TRY(call_expect_version(call, old.version));
        TRY(db_exec(call, SQL_UPDATE, in->category_id, old.version, in->name, in->description, in->forum_type,
                DB_OPTIONAL(in, is_moderated), in->minimum_experience_level, in->status));
        if (in->n_moderator_user_ids > 0) {
                TRY(db_exec(call, SQL_CLEAR_MODERATORS, in->category_id));
                TRY(db_exec(call, SQL_ADD_MODERATORS, in->category_id,
                        db_texts(in->n_moderator_user_ids, in->moderator_user_ids)));
        }
        TRY(announce_category(call, in->category_id));
        return load(call, in->category_id, out);
}

RPC_TABLE(category_rpcs, CATEGORY_RPCS);
