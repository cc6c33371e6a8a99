# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The part `moderation` of run.sh: how well texts are classified, and how fast.

# Labelled texts that do not belong to this project are looked for beside the checkout.
moderation_data=${SFP_MODERATION_DATA:-$here/../../../shared/data/moderation}
moderation_model=$here/../../svc-moderation/model/shipped.model
moderation_texts=$here/../../svc-moderation/training/texts

moderation_score() { # model, what it is
    echo "  $2, on labelled texts it has not seen:"
    "$SFP_BUILD/bin/sfp-moderation" eval "$1" "$moderation_data/dev.jsonl.gz" | sed 's/^/    /'
    echo "  $2, on the functional suites:"
    "$SFP_BUILD/bin/sfp-moderation" eval "$1" "$moderation_data/functional_dev.jsonl.gz" | grep passes | sed 's/^/    /'
}
# fastText with the settings it is measured with elsewhere (one against all, pairs of words, letters 3 to 5, 64 numbers),
# taught by part of the same texts: how good it gets does not matter here, how fast it answers does.
fasttext_lines=20000
fasttext_train() {
    gzip -dc "$moderation_data/train.jsonl.gz" | head -n "$fasttext_lines" |
        jq -r '((.labels | if length == 0 then ["none"] else . end | map("__label__" + .) | join(" ")) + " " + (.text | gsub("\\s+"; " ")))' >"$work/fasttext.txt"
    fasttext supervised -input "$work/fasttext.txt" -output "$work/fasttext" -loss ova -wordNgrams 2 -minn 3 -maxn 5 -dim 64 \
        -epoch 1 -verbose 0 >/dev/null
}
fasttext_seconds() { # texts: CPU time of user and system together
    "$SFP_BUILD/bench/moderation_bench" texts "$1" >"$work/fasttext.texts"
    LC_ALL=C bash -c "TIMEFORMAT='%U %S'; time fasttext predict-prob '$work/fasttext.bin' '$work/fasttext.texts' -1 >/dev/null" 2>&1 |
        awk '{ print $1 + $2 }'
}
fasttext_round() { # appends texts a second, without what it takes to load
    load=$(fasttext_seconds 1)
    all=$(fasttext_seconds "$fasttext_lines")
    awk -v load="$load" -v all="$all" -v n="$fasttext_lines" 'BEGIN { if (all > load) printf "%.0f\n", n / (all - load) }' >>"$work/fasttext.rates"
}
fasttext_peer() {
    for peer_needs in fasttext jq; do
        command -v "$peer_needs" >/dev/null || { echo "  not compared with fastText: no $peer_needs (./sfp install --bench)"; return; }
    done
    [ -r "$moderation_data/train.jsonl.gz" ] || { echo "  not compared with fastText: no texts to teach it"; return; }
    fasttext_train
    for round in $(seq "$rounds"); do fasttext_round; done
    peer_rate=$(median <"$work/fasttext.rates")
    echo "  fastText on the same texts: $peer_rate a second; ours / fastText = $(ratio "$(moderation_column 1)" "$peer_rate")"
}
# Service and asker have a core each, where there are two.
check_cores=$(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' | awk -F- '{ for (i = $1; i <= (NF > 1 ? $2 : $1); i++) print i }')
check_first='' # before all others of the machine: "chrt -r 5"
check_load() { # check or idle, calls a second or nothing
    $check_first taskset -c "$(echo "$check_cores" | tail -n 1)" "$SFP_BUILD/bench/check_bench" load "ipc://$work/$1" "$seconds" ${2:+"$2"}
}
check_serve() {
    exec $check_first taskset -c "$(echo "$check_cores" | head -n 1)" "$SFP_BUILD/bench/check_bench" serve "ipc://$work/check" "ipc://$work/idle"
}
check_timed() { # calls a second: "percent-busy p50 p99 p99-of-all", the first of the service's core
    before=$(ticks "$peer") begun=$(date +%s%N)
    times=$(check_load check "$1")
    echo "$(awk -v t=$(($(ticks "$peer") - before)) -v ns=$(($(date +%s%N) - begun)) 'BEGIN { printf "%.0f", t * 1e9 / ns }') $times"
}
# A call costs less where many come together: half of the top rate keeps a core far more than half busy. What is asked
# for is half of the load, so the rate is sought that keeps it half busy.
check_round() { # file: appends "top half busy p50 p99 all idle-p50 idle-p99 idle-all busy p50 p99 all", the last four at half of the top rate
    check_serve & peer=$!
    listening test -S "$work/check" && listening test -S "$work/idle"
    top=$(check_load check)
    half=$(check_timed $((top / 5)) | awk -v rate=$((top / 5)) '{ printf "%.0f", rate * 50 / ($1 > 0 ? $1 : 50) }')
    echo "$top $half $(check_timed "$half") $(check_load idle "$half") $(check_timed $((top / 2)))" >>"$1"
    kill $peer; wait $peer 2>/dev/null || true
    peer=''
}
check_times() { # file, first column: p50, p99, p99 of all
    echo "p50 $(column "$1" "$2") us, p99 $(column "$1" $(($2 + 1))) us in a quarter of a second, $(column "$1" $(($2 + 2))) us of all"
}
check_lines() { # file, what it is
    [ -s "$1" ] || return 0
    echo "  Check, rules and classifier together$2: $(column "$1" 1) a second on one core"
    echo "    half busy ($(column "$1" 3) %) with $(column "$1" 2) a second: $(check_times "$1" 4) (aim 1,000)"
    echo "    a call that does nothing, as often: $(check_times "$1" 7)"
    echo "    at half of the most it answers ($(column "$1" 10) % busy): $(check_times "$1" 11)"
}
# With others on the machine a call waits for a core more than for an answer: then once more before all of them.
check_is_disturbed() { [ "${SFP_BENCH_BESIDE:-0}" -gt 0 ] && chrt -r 5 true 2>/dev/null; }
moderation_column() { column "$work/moderation" "$1"; }
moderation() {
    echo "texts classified"
    if [ -r "$moderation_data/dev.jsonl.gz" ] && [ -r "$moderation_data/train.jsonl.gz" ]; then
        moderation_score "$moderation_model" 'the model that ships'
        "$SFP_BUILD/bin/sfp-moderation" train "$work/all.model" "$moderation_data/train.jsonl.gz" --texts "$moderation_texts" 2>/dev/null
        moderation_score "$work/all.model" 'a model of all rows, which may not ship'
    else
        echo "  not scored: there is no dev.jsonl.gz with a train.jsonl.gz in $moderation_data"
    fi
    for round in $(seq "$rounds"); do
        "$SFP_BUILD/bench/moderation_bench" "$moderation_model" "$seconds" >>"$work/moderation"
        check_round "$work/moderation.check"
        if check_is_disturbed; then check_first='chrt -r 5' && check_round "$work/moderation.first" && check_first=''; fi
    done
    echo "  of 100 characters: $(moderation_column 1) a second on one core (aim 50,000)"
    echo "  load $(moderation_column 2) ms (aim 100), resident $(moderation_column 3) KiB (aim 65,536), file $(stat -c %s "$moderation_model") bytes (aim 8,388,608)"
    check_lines "$work/moderation.check" ''
    check_lines "$work/moderation.first" ' at real-time priority'
    fasttext_peer
}
