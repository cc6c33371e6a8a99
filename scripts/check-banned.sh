#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/check-banned.sh [FILE...]
# Refuses words that this code base does without; the table says which, where, and what to use instead. Comments and
# strings are not code. A line that must break a rule says so in a comment with its reason: /* allow(printf): ... */
set -eu
cd "$(dirname "$0")/.."

# Files (a pattern) | words; with () only where called, and not as a member of a struct | reason
rules() {
    cat <<'END'
.*                | strcpy() strcat() strncat() stpcpy() sprintf() vsprintf() gets() | it can write past the end: snprintf or common/buffer.h
.*                | strncpy()                                | it may leave no NUL behind: memcpy with a known length
.*                | atoi() atol() atoll() atof()             | it cannot report an error: strtol and friends, checked
.*                | strtok()                                 | it keeps hidden state and writes into its input
.*                | alloca()                                 | a stack of unknown depth: the arena, or an array of fixed size
.*                | system() popen()                         | no shell is ever started
.*                | rand() srand() random() srandom() drand48() | not random enough, and global: the generator of OpenSSL
.*                | goto                                     | attribute-cleanup and small functions
svc-.*            | malloc() calloc() realloc() reallocarray() strdup() strndup() asprintf() free() | memory of a call is the arena's (common/arena.h)
(svc-.*|gateway/.*) | printf() vprintf() puts() putchar() fprintf() perror() | the log is JSON lines: common/log.h
END
}

# In any text file, comments included.
UNFINISHED='TODO FIXME XXX'

files() {
    if [ $# -gt 0 ]; then
        printf '%s\n' "$@"
    else
        git ls-files --cached --others --exclude-standard
    fi | while IFS= read -r file; do
        # This file has to name them.
        [ ! -f "$file" ] || [ "$file" = scripts/check-banned.sh ] || printf '%s\n' "$file"
    done
}

files "$@" | awk -v unfinished="$UNFINISHED" -v rules="$(rules)" '
function trim(text) { gsub(/^ +| +$/, "", text); return text }

# The code of a line: without comments, strings and characters. `comment` carries over to the next line.
function code_of(line,    code, at, mark) {
    code = ""
    while (line != "") {
        if (comment) {
            at = index(line, "*/")
            if (!at) return code
            line = substr(line, at + 2)
            comment = 0
        }
        if (!match(line, /\/\*|\/\/|"|\047/)) return code line
        mark = substr(line, RSTART, RLENGTH)
        code = code substr(line, 1, RSTART - 1) " "
        line = substr(line, RSTART + RLENGTH)
        if (mark == "//") return code
        if (mark == "/*") comment = 1
        else {
            while (line != "" && substr(line, 1, 1) != mark) line = substr(line, substr(line, 1, 1) == "\\" ? 3 : 2)
            line = substr(line, 2)
        }
    }
    return code
}

function complain(word, reason) {
    printf "%s:%d: %s: %s\n", file, number, word, reason
    bad++
}

function check_code(line,    code, word, before, called, i) {
    code = code_of(line)
    while (match(code, /[A-Za-z_][A-Za-z0-9_]*/)) {
        word = substr(code, RSTART, RLENGTH)
        before = RSTART > 1 ? substr(code, RSTART - 1, 1) : " "
        code = substr(code, RSTART + RLENGTH)
        called = code ~ /^[ \t]*\(/ && before !~ /[.>]/
        for (i = 1; i <= n_rules; i++)
            if (((word in ban) && index(ban[word], " " i " ") || called && (word "()" in ban) && index(ban[word "()"], " " i " ")) \
                && file ~ where[i] && !index(line, "allow(" word "): "))
                complain(word, why[i])
    }
}

function check_text(line,    i) {
    for (i = 1; i <= n_marks; i++)
        if (line ~ "(^|[^A-Za-z0-9_])" mark_words[i] "([^A-Za-z0-9_]|$)")
            complain(mark_words[i], "finish it, or open an issue")
}

BEGIN {
    n_rules = split(rules, rows, "\n")
    for (r = 1; r <= n_rules; r++) {
        split(rows[r], column, / \| /)
        where[r] = "^" trim(column[1]) "$"
        why[r] = trim(column[3])
        n_words = split(trim(column[2]), words, / +/)
        for (w = 1; w <= n_words; w++) ban[words[w]] = ban[words[w]] " " r " "
    }
    n_marks = split(unfinished, mark_words, " ")
}
{
    file = $0
    files++
    number = comment = 0
    while ((getline line < file) > 0) {
        number++
        check_text(line)
        if (file ~ /\.(c|h|def)$/) check_code(line)
    }
    close(file)
}
END {
    if (bad) exit 1
    printf "check-banned: ok (%d files)\n", files
}'
