/* SPDX-License-Identifier: Apache-2.0 */
/* At every byte each row of the table is asked whether something begins there, also within what is hidden already. Rows
 * look only as far as what they look for can reach, and begin only where it can begin, so that a text takes time in
 * proportion to its length. */
#include "common/redact.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { CARD_MIN = 13, CARD_MAX = 19, TOKEN_MIN = 16 };

/* A text that is looked at; `at` goes through it. */
struct scan {
        const char *start, *at;
};

/* What is to be taken out: `kept` bytes stay, and `hidden` behind them go. Nothing begins in what is closed. */
struct find {
        size_t kept, hidden;
        bool is_closed;
};

static const char *const secret_names[] = {"password", "passwd", "passphrase", "secret", "token", "authorization",
        "cookie", "credential", "apikey", "privatekey", "accesskey", "mesh_key", "sessionid"};

/* The bytes that a name is compared by: "API-Key" is "apikey". */
static bool name_has(const char *name, size_t length, const char *word)
{
        size_t matched = 0;
        for (size_t i = 0; i < length && word[matched] != '\0'; i++) {
                if (tolower((unsigned char)name[i]) == word[matched])
                        matched++;
                else if (name[i] != '-' && name[i] != '_' && name[i] != '.') {
                        i -= matched; /* begin again behind the first byte that was taken */
                        matched = 0;
                }
        }
        return word[matched] == '\0';
}

bool redact_is_name(const char *name, size_t length)
{
        for (size_t i = 0; i < sizeof secret_names / sizeof *secret_names; i++)
                if (name_has(name, length, secret_names[i]))
                        return true;
        return false;
}

static bool is_name_byte(char byte)
{
        return isalnum((unsigned char)byte) || byte == '_' || byte == '-' || byte == '.';
}

static bool is_base64_byte(char byte)
{
        return isalnum((unsigned char)byte) || (byte != '\0' && strchr("+/=_-.~", byte) != NULL);
}

static size_t run_of(const char *text, bool (*is_of)(char byte))
{
        size_t length = 0;
        while (is_of(text[length]))
                length++;
        return length;
}

static bool begins_word(const struct scan *scan)
{
        return scan->at == scan->start || !is_name_byte(scan->at[-1]);
}

static bool find_userinfo(const struct scan *scan, struct find *out)
{
        static const char mark[] = "://";
        if (strncmp(scan->at, mark, strlen(mark)) != 0)
                return false;
        const char *user = scan->at + strlen(mark);
        size_t authority = strcspn(user, " ,\t\r\n\"'"); /* a password may hold a slash that nobody has escaped */
        const char *sign = memrchr(user, '@', authority);
        if (sign == NULL)
                return false;
        *out = (struct find){strlen(mark), (size_t)(sign - user), true}; /* user@host would be somebody's address */
        return true;
}

static bool find_credentials(const struct scan *scan, struct find *out)
{
        static const char *const schemes[] = {"bearer ", "basic ", "digest ", "token "};
        for (size_t i = 0; begins_word(scan) && i < sizeof schemes / sizeof *schemes; i++) {
                size_t length = strlen(schemes[i]);
                if (strncasecmp(scan->at, schemes[i], length) != 0)
                        continue;
                size_t blanks = strspn(scan->at + length, " ");
                size_t hidden = run_of(scan->at + length + blanks, is_base64_byte);
                *out = (struct find){.kept = length + blanks, .hidden = hidden};
                return hidden >= TOKEN_MIN;
        }
        return false;
}

static bool find_token(const struct scan *scan, struct find *out)
{
        if (!begins_word(scan) || strncmp(scan->at, "eyJ", 3) != 0)
                return false;
        size_t length = run_of(scan->at, is_base64_byte);
        *out = (struct find){.hidden = length};
        return memchr(scan->at, '.', length) != NULL;
}

/* Where a value ends: at the quote that it began with, at the end of the line behind a colon, as headers have it, or at
 * whatever parts one setting from the next. */
static size_t value_length(const char *value, char quote, char sign)
{
        size_t length = 0;
        if (quote == '\0')
                return strcspn(value, sign == ':' ? "\r\n\"'" : " \t\r\n\"'&;,}");
        while (value[length] != '\0' && value[length] != quote)
                length += value[length] == '\\' && value[length + 1] != '\0' ? 2 : 1;
        return length;
}

/* The name that a sign or a colon stands behind, quoted or not; as many bytes as there are. */
static const char *name_before(const struct scan *scan, size_t *length)
{
        const char *end = scan->at;
        while (end > scan->start && end[-1] == ' ')
                end--;
        while (end > scan->start && strchr("\"'\\", end[-1]) != NULL)
                end--;
        const char *name = end;
        while (name > scan->start && is_name_byte(name[-1]))
                name--;
        *length = (size_t)(end - name);
        return name;
}

/* A value behind a name and a sign. It is found at the sign: whatever the name was a part of has been seen by then. */
static bool find_assignment(const struct scan *scan, struct find *out)
{
        char sign = *scan->at;
        size_t length;
        if (sign != '=' && sign != ':')
                return false;
        const char *name = name_before(scan, &length);
        if (!redact_is_name(name, length))
                return false;
        size_t between = 1 + strspn(scan->at + 1, " ");
        char quote = scan->at[between] == '"' || scan->at[between] == '\'' ? scan->at[between] : '\0';
        between += quote != '\0';
        *out = (struct find){.kept = between, .hidden = value_length(scan->at + between, quote, sign)};
        return out->hidden > 0;
}

static bool find_private_key(const struct scan *scan, struct find *out)
{
        static const char mark[] = "-----BEGIN ";
        if (strncmp(scan->at, mark, strlen(mark)) != 0 || strstr(scan->at, "KEY") == NULL)
                return false;
        *out = (struct find){.hidden = strlen(scan->at)};
        return true;
}

static bool is_local_byte(char byte)
{
        return isalnum((unsigned char)byte) || (byte != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-", byte) != NULL) ||
               (unsigned char)byte >= 0x80;
}

static bool find_mail(const struct scan *scan, struct find *out)
{
        if ((scan->at > scan->start && is_local_byte(scan->at[-1])) || !is_local_byte(*scan->at))
                return false;
        size_t local = run_of(scan->at, is_local_byte);
        if (scan->at[local] != '@')
                return false;
        size_t host = run_of(scan->at + local + 1, is_name_byte);
        *out = (struct find){.hidden = local + 1 + host};
        return memchr(scan->at + local + 1, '.', host) != NULL;
}

/* Luhn's check digit (ISO/IEC 7812-1, annex B). */
static bool is_card(const char *digits, int count)
{
        int sum = 0;
        for (int i = 0; i < count; i++) {
                int digit = digits[count - 1 - i] - '0';
                int weighed = i % 2 == 1 ? 2 * digit : digit;
                sum += weighed > 9 ? weighed - 9 : weighed;
        }
        return sum % 10 == 0;
}

/* Digits, with a blank or a hyphen between groups. */
static bool find_card(const struct scan *scan, struct find *out)
{
        char digits[CARD_MAX + 1];
        int count = 0;
        size_t length = 0;
        if (!isdigit((unsigned char)*scan->at) || (scan->at > scan->start && isalnum((unsigned char)scan->at[-1])))
                return false;
        for (size_t i = 0; count <= CARD_MAX; i++) {
                if (isdigit((unsigned char)scan->at[i])) {
                        digits[count++] = scan->at[i];
                        length = i + 1;
                } else if ((scan->at[i] != ' ' && scan->at[i] != '-') || i != length) {
                        break;
                }
        }
        *out = (struct find){.hidden = length};
        return count >= CARD_MIN && count <= CARD_MAX && !isalnum((unsigned char)scan->at[length]) &&
               is_card(digits, count);
}

static bool (*const finders[])(const struct scan *scan, struct find *out) = {
        find_userinfo, find_credentials, find_token, find_assignment, find_private_key, find_mail, find_card};

static bool find_secret(const struct scan *scan, struct find *out)
{
        for (size_t i = 0; i < sizeof finders / sizeof *finders; i++)
                if (finders[i](scan, out))
                        return true;
        return false;
}

/* Bytes that are not shown, and from where on others may begin. */
struct hidden {
        const char *from, *to, *next;
};

/* Secrets may overlap, as a card's number and the name behind it do: what is hidden goes on to the end of the last. */
static void hide(struct hidden *hidden, const struct scan *scan, const struct find *find)
{
        const char *from = scan->at + find->kept, *to = from + find->hidden;
        if (scan->at >= hidden->to)
                *hidden = (struct hidden){.from = from, .to = to};
        else if (to > hidden->to)
                hidden->to = to;
        hidden->next = find->is_closed ? to : from;
}

/* Appends at most `size` bytes; how many there was room for. */
static size_t put(char *out, size_t room, const char *bytes, size_t size)
{
        size_t fits = size < room ? size : room;
        memcpy(out, bytes, fits);
        return fits;
}

void redact_text(const char *text, char *out, size_t size)
{
        size_t length = 0, room = size - 1;
        struct hidden hidden = {text, text, text};
        for (struct scan scan = {text, text}; *scan.at != '\0' && length < room; scan.at++) {
                struct find find;
                if (scan.at >= hidden.next && find_secret(&scan, &find))
                        hide(&hidden, &scan, &find);
                if (scan.at < hidden.from || scan.at >= hidden.to)
                        length += put(out + length, room - length, scan.at, 1);
                else if (scan.at == hidden.from)
                        length += put(out + length, room - length, REDACTED, strlen(REDACTED));
        }
        out[length] = '\0';
}
