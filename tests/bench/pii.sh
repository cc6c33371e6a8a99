# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The part `pii` of run.sh: how well texts are cleaned, and how fast.

# Labelled sentences that do not belong to this project are looked for beside the checkout.
pii_data=${SFP_PII_DATA:-$here/../../../shared/data/pii}

pii_score() {
    if [ ! -r "$pii_data/dev.jsonl" ] || [ ! -r "$pii_data/score.py" ]; then
        echo "  not scored: there is no dev.jsonl with a score.py in $pii_data"
        return
    fi
    command -v python3 >/dev/null || { echo "  not scored: there is no python3"; return; }
    "$SFP_BUILD/bin/sfp-anonymize" scan <"$pii_data/dev.jsonl" >"$work/pii.jsonl"
    python3 "$pii_data/score.py" "$pii_data/dev.jsonl" "$work/pii.jsonl" >"$work/pii.score"
    echo "  $(wc -l <"$pii_data/dev.jsonl") labelled texts: recall, precision, F2, completely covered; of any type"
    pii_rows "$work/pii.score" 'CORE' 'CORE minus PERSON' PERSON STREET_ADDRESS CREDIT_CARD IBAN_CODE US_SSN EMAIL_ADDRESS \
        IP_ADDRESS URL PHONE_NUMBER
    grep -E '^characters redacted|finance-negative' "$work/pii.score" | sed 's/^ */    /'
    python3 "$pii_data/score.py" "$pii_data/dev.jsonl" "$work/pii.jsonl" --source own:evasion >"$work/pii.evasion"
    echo "  disguised:"
    pii_rows "$work/pii.evasion" CORE
}
pii_rows() { # file, row names
    file=$1
    shift
    for row in "$@"; do
        awk -F '|' -v row="$row" 'index($0, row) == 1 && substr($0, length(row) + 1, 2) == "  " {
            split($2, any, " "); split($4, full, " ")
            printf "    %-18s %s %s %s %s (%d)\n", row, any[1], any[2], any[4], full[1], substr($0, 27, 6); exit }' "$file"
    done
}

pii_column() { column "$work/pii.texts" "$1"; }
pii() {
    echo "texts without people in them"
    pii_score
    for round in $(seq "$rounds"); do
        "$SFP_BUILD/bench/text_bench" texts "$seconds" "$here/../svc-anonymize/corpus" >>"$work/pii.texts"
        "$SFP_BUILD/bench/text_bench" rpc "$seconds" "$here/../svc-anonymize/corpus" >>"$work/pii.rpc"
    done
    echo "  of 66 characters, every second with an identifier: $(pii_column 1) a second on one core (aim 20,000)"
    echo "  of 2 kB: p50 $(pii_column 2) us, p99 $(pii_column 3) us (aim 2,000)"
    echo "  the slowest of 64 KiB: $(pii_column 4) ms (aim 20), repeating '$(tail -n 1 "$work/pii.texts" | cut -d ' ' -f 6-)'"
    echo "  resident with all lists: $(pii_column 5) KiB (aim 65,536)"
    echo "  one by the function $(column "$work/pii.rpc" 1) us, by CleanText $(column "$work/pii.rpc" 2) us"
}
