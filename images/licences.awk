# SPDX-License-Identifier: Apache-2.0
# Reads a Debian copyright file; prints one SPDX expression for all it names, or nothing where the file is prose.
# A name that SPDX does not have becomes LicenseRef-Debian-NAME; such a file stays in the image and says what it means.
BEGIN {
    rows = "Expat MIT; MIT MIT; Apache-2.0 Apache-2.0; ISC ISC; Zlib Zlib; zlib Zlib; zlib/libpng Zlib; curl curl; CC0-1.0 CC0-1.0; BSL-1.0 BSL-1.0;" \
        "BSD-2-clause BSD-2-Clause; BSD-3-clause BSD-3-Clause; BSD-3-Clause BSD-3-Clause; BSD-2-Clause BSD-2-Clause; BSD-4-clause BSD-4-Clause;" \
        "GPL-1+ GPL-1.0-or-later; GPL-2 GPL-2.0-only; GPL-2+ GPL-2.0-or-later; GPL-3 GPL-3.0-only; GPL-3+ GPL-3.0-or-later;" \
        "LGPL-2 LGPL-2.0-only; LGPL-2+ LGPL-2.0-or-later; LGPL-2.0+ LGPL-2.0-or-later; LGPL-2.1 LGPL-2.1-only; LGPL-2.1+ LGPL-2.1-or-later;" \
        "LGPL-3 LGPL-3.0-only; LGPL-3+ LGPL-3.0-or-later; GFDL-1.3+ GFDL-1.3-or-later; GFDL-1.2+ GFDL-1.2-or-later; OpenLDAP-2.8 OLDAP-2.8;" \
        "PostgreSQL PostgreSQL; MPL-2.0 MPL-2.0; Artistic Artistic-1.0-Perl; X11 X11; Unlicense Unlicense"
    for (i = split(rows, row, "; *"); i > 0; i--) { split(row[i], part, " "); spdx[part[1]] = part[2] }
}

function id_of(name) {
    if (name in spdx) return spdx[name]
    gsub(/[^A-Za-z0-9.-]+/, "-", name)
    gsub(/^-+|-+$/, "", name)
    return "LicenseRef-Debian-" name
}

function add(found) { if (!seen[found]++) all = all (all == "" ? "" : " AND ") found }

# One line: names joined by "or", which are one choice, or by "and", which are as many lines.
function add_line(line,    words, n, i, choice) {
    gsub(/,/, " ", line)
    if (line ~ / or / && line ~ / and /) { add(id_of(line)); return }
    n = split(line, words, / +(or|and) +/)
    for (i = 1; i <= n; i++) {
        gsub(/^ +| +$/, "", words[i])
        if (words[i] == "") continue
        if (line !~ / or /) add(id_of(words[i]))
        else choice = choice (choice == "" ? "" : " OR ") id_of(words[i])
    }
    if (choice != "") add("(" choice ")")
}

/^License:/ {
    sub(/^License: */, "")
    gsub(/[ \t\r]+/, " ")
    if ($0 != "") add_line($0)
}
END { if (all != "") print all }
