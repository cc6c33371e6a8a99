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
        "$SFP_BUILD/bench/check_bench" "$seconds" >>"$work/moderation.check"
    done
    echo "  of 100 characters: $(moderation_column 1) a second on one core (aim 50,000)"
    echo "  load $(moderation_column 2) ms (aim 100), resident $(moderation_column 3) KiB (aim 65,536), file $(stat -c %s "$moderation_model") bytes (aim 8,388,608)"
    echo "  Check, rules and classifier together: $(column "$work/moderation.check" 1) a second; at half of that p50 $(column "$work/moderation.check" 2) us, p99 $(column "$work/moderation.check" 3) us (aim 1,000)"
    fasttext_peer
}
