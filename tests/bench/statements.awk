# SPDX-License-Identifier: Apache-2.0
# Out of PostgreSQL's log of all statements: those that one request made a service run, as a script for pgbench.
# -v role: the service's; -v mark: what one of the statements has in it; -v user: whose request it is, :user in the script;
# -v rows: a file of ids of rows that were loaded, each of them :target; -v fresh: a file of values each of which is an id of
# its own in every transaction; -v values: file for the others, "name=value" a line; -v list: file for all values seen;
# -v kind: read or write. The script picks user and target at random out of 64 and :rows.
# A write is the transaction that has the mark, a read the mark's statement and what the session runs beside it.

function flush(    text) {
    if (session == "") return
    text = statement
    statement = ""
    if (is_background(text)) { part[session]++; return }
    if (text ~ /^BEGIN/) part[session]++
    run = session " " part[session]
    count[run]++
    sql[run, count[run]] = text
    detail[run, count[run]] = parameters
    if (index(text, mark) && kind == "write") found = run
    else if (index(text, mark) && found == "") found = run
    if (text ~ /^(COMMIT|ROLLBACK)/) part[session]++
}
function is_background(text) { return text ~ /outbox_(head|readers|number)|FROM outbox|event_cursors|pg_notify|LISTEN/ }
function next_value(    end, value) { # takes one value from the front of `rest`
    is_null = substr(rest, 1, 1) != "'"
    if (is_null) { rest = substr(rest, 5); return }
    rest = substr(rest, 2)
    value = ""
    for (;;) {
        end = index(rest, "'")
        value = value substr(rest, 1, end - 1)
        rest = substr(rest, end + 1)
        if (substr(rest, 1, 1) != "'") return value
        value = value "'"
        rest = substr(rest, 2)
    }
}
function name_of(value) {
    print value >list
    if (user != "" && value == user) return ":user"
    if (kind == "write" && value in is_row) return ":target"
    if (value in is_fresh) { if (!(value in made)) { made[value] = ++n_made; is_tag[n_made] = substr(value, 1, 1) == "\\" } return ":fresh" made[value] }
    if (!(value in constant)) { constant[value] = ++n_constants; print "v" n_constants "=" value >values }
    return ":v" constant[value]
}
function written(text, parameters,    place, out, size) {
    split("", word)
    rest = parameters
    while (match(rest, /^(, )?[$][0-9]+ = /)) {
        rest = substr(rest, RLENGTH + 1)
        place = next_value()
        word[++size] = is_null ? "NULL" : name_of(place)
    }
    while (match(text, /[$][0-9]+/)) {
        place = substr(text, RSTART + 1, RLENGTH - 1)
        out = out substr(text, 1, RSTART - 1) word[place]
        text = substr(text, RSTART + RLENGTH)
    }
    return out text
}
BEGIN {
    while (fresh != "" && (getline line <fresh) > 0) is_fresh[line] = 1
    while ((getline line <rows) > 0) is_row[line] = 1
}
/^[0-9-]+ [0-9:.]+ [A-Z]+ \[[0-9]+\] / {
    is_detail = index($0, "DETAIL:  parameters: ") > 0
    if (!is_detail) { flush(); session = ""; parameters = "" }
    if (index($0, "] " role "@") == 0) next
    if (is_detail) { sub(/^.*DETAIL:  parameters: /, ""); parameters = $0; next }
    if (!match($0, /LOG:  (execute [^:]*|statement): /)) next
    line = substr($0, RSTART + RLENGTH)
    match($0, /\[[0-9]+\]/)
    session = substr($0, RSTART, RLENGTH)
    statement = line
    next
}
session != "" { statement = statement " " $0 }
END {
    flush()
    if (found == "") exit 1
    for (i = 1; i <= count[found]; i++) body = body written(sql[found, i], detail[found, i]) ";\n"
    head = "SELECT md5('person ' || (1 + floor(random() * 64))::integer)::uuid AS user"
    head = head ", md5((1 + floor(random() * :rows::integer))::integer::text)::uuid AS target"
    for (i = 1; i <= n_made; i++) head = head ", " (is_tag[i] ? "sha256(gen_random_uuid()::text::bytea)" : "gen_random_uuid()") " AS fresh" i
    if (kind == "write") print head " \\gset"
    printf "%s", body
}
