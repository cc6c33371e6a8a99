/* SPDX-License-Identifier: Apache-2.0 */
/* Debian 13's archives expect three symbols that glibc gained after Debian 12 (2.36); where glibc has them, these
 * unused weak definitions give way. */
#include <stdlib.h>
#include <string.h>

long __isoc23_strtol(const char *text, char **end, int base) __attribute__((weak));
unsigned long long __isoc23_strtoull(const char *text, char **end, int base) __attribute__((weak));
size_t strlcpy(char *to, const char *from, size_t size) __attribute__((weak));

long __isoc23_strtol(const char *text, char **end, int base)
{
        return strtol(text, end, base);
}

unsigned long long __isoc23_strtoull(const char *text, char **end, int base)
{
        return strtoull(text, end, base);
}

size_t strlcpy(char *to, const char *from, size_t size)
{
        size_t length = strlen(from);
        if (size > 0) {
                size_t kept = length < size ? length : size - 1;
                memcpy(to, from, kept);
                to[kept] = '\0';
        }
        return length;
}
