/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/member.h"

#include "tests/e2e/database.h"

#include <string.h>

static struct member member_of(struct user user)
{
        struct answer answer = post(user, "/initialize-profile", JSON({"time_zone" : "Europe/Berlin"}));
        expect_status(answer, 201);
        const char *id = text_at(answer, "profile.id");
        return (struct member){user, id, text("/profiles/%s", id)};
}

struct member new_member(void)
{
        return member_of(new_user());
}

struct member new_member_as(const char *role)
{
        return member_of(new_user_as(role));
}

struct answer patch_seen(struct user who, const char *path, struct answer seen, const char *body)
{
        const char *const headers[] = {
                "Content-Type: application/json", text("If-Match: %s", header_of(seen, "ETag")), NULL};
        const struct request request = {"PATCH", path, who, body, strlen(body), headers};
        return ask(&request);
}

struct answer set_privacy(struct user who, const char *settings)
{
        return patch_seen(who, "/privacy/settings", get(who, "/privacy/settings"), settings);
}

void allow(struct user who, const char *settings)
{
        if (get(who, "/privacy/settings").status == 200)
                expect_status(set_privacy(who, settings), 200);
}

struct answer relate(struct user who, struct member to, const char *relationship)
{
        return put(who, text("%s/relationship", to.path), relationship);
}

void follow(struct member who, struct member whom)
{
        expect_status(relate(who.user, whom, JSON({"following" : true})), 200);
        ck_assert(
                AWAIT(20, sql_number(text("SELECT count(*) FROM feed.follows WHERE user_id = '%s' AND target_id = '%s'",
                                  who.user.id, whom.user.id)) == 1));
}
