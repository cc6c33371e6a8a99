/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/http1.h"

#include <string.h>

const char draft[] = JSON({"goal_category" : "home", "goal_title" : "A boat", "submit" : false});

struct answer say(const char *bytes)
{
        return wire_ask(bytes, strlen(bytes));
}

const char *token(void)
{
        return text("Authorization: Bearer %s\r\n", sender().token);
}

const char *heard(struct answer answer)
{
        return text("%s\r\n\r\n%s", answer.head, answer.body);
}

int count_of(const char *all, const char *what)
{
        int count = 0;
        for (const char *at = strstr(all, what); at != NULL; at = strstr(at + 1, what))
                count++;
        return count;
}

void expect_refused(const char *bytes, const char *what)
{
        struct answer answer = say(bytes);
        ck_assert_msg(answer.status == 0 || (answer.status >= 400 && answer.status < 500) || answer.status == 501 ||
                              answer.status == 505,
                "%s: %d", what, answer.status);
        ck_assert_msg(strstr(heard(answer), "HTTP/1.1 2") == NULL, "%s: %s", what, heard(answer));
}
