#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory that runs out: every command is tried again and again, and each time another
# of the allocations and copies fails that the kernel does for it, the first, the
# second and so on, until there are no more. A command that fails says so and has
# changed nothing; one that does not has done all that it was asked to.
#
# Runs once: no packet is forwarded but those of a few connections, to be listed and killed.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

: "${FAULTS:=$TESTS/tools/build/faults.so}"
KNOBS=/sys/kernel/debug
HASH_KEY=00112233445566778899aabbccddeeff
# More than any command has.
FAULTS_MAX=1000

[[ -e /proc/self/fail-nth && -d $KNOBS/failslab && -d $KNOBS/fail_page_alloc ]] ||
	skip_all "the kernel injects no faults (CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC)"

# turn FILE VALUE: until the end of the scenario
turn() {
	[[ -e $KNOBS/$1 ]] || return 0
	defer eval "echo $(<"$KNOBS/$1") >$KNOBS/$1"
	echo "$2" >"$KNOBS/$1"
}

# Allocations that may wait fail too, and the kernel's log has nothing of it.
turn_knobs() {
	local name
	turn failslab/ignore-gfp-wait N
	turn fail_page_alloc/ignore-gfp-wait N
	turn fail_page_alloc/ignore-gfp-highmem N
	turn fail_page_alloc/min-order 0
	for name in failslab fail_page_alloc fail_usercopy; do turn $name/verbose 0; done
}

# steady TEXT: without the times in it, which pass by themselves; in STEADY
steady() {
	STEADY=$1
	while [[ $STEADY =~ \"(deadline|expires)\":\ ?[0-9]+ ]]; do
		STEADY=${STEADY/"${BASH_REMATCH[0]}"/}
	done
}

exec {FAULTS_IN}<> <(:) {FAULTS_OUT}<> <(:)
FAULTS_DIR=$TMP LD_PRELOAD=$FAULTS "$WEIR" <&"$FAULTS_IN" >&"$FAULTS_OUT" {FAULTS_IN}>&- {FAULTS_OUT}>&- &
LOAD_PID["faults"]=$! # killed at the end

# attack NTH WORD...: weir, with that fault. Its STATUS, OUTPUT and SENTENCE; how many
# times are LEFT until the fault; whether the ANSWER was lost.
attack() {
	echo "$*" >&"$FAULTS_IN"
	read -rt $((60 * WEIR_TIME_SCALE)) -u "$FAULTS_OUT" STATUS LEFT ANSWER
	IFS= read -rd '' OUTPUT <"$TMP/out" || :
	IFS= read -rd '' SENTENCE <"$TMP/err" || :
	steady "$OUTPUT"
	OUTPUT=$STEADY SENTENCE=${SENTENCE%$'\n'}
}

# Without a fault, in the same process: it takes long to start one here.
weir() {
	local STATUS LEFT ANSWER OUTPUT SENTENCE STEADY
	attack 0 "$@"
	printf '%s' "$OUTPUT"
	[[ -z $SENTENCE ]] || echo "$SENTENCE" >&2
	return "$STATUS"
}

# What commands change, in STATE.
QUERY="-j show interval 0"
# shellcheck disable=SC2086 # words
query() {
	local STATUS LEFT ANSWER OUTPUT SENTENCE
	attack 0 $QUERY
	STATE=$OUTPUT
}

complain() { COMPLAINTS+="fault $1 $2: status $STATUS, '$SENTENCE', $ANSWER"$'\n'; }

# judge NTH: what has come of a fault. Of a request whose answer was lost nobody can say
# whether it was granted.
judge() {
	if [[ $STATUS == 0 ]]; then
		[[ $STATE == "$AFTER" ]] || complain "$1" "is not told"
		return
	fi
	FAILED=$((FAILED + 1))
	[[ $STATUS == 1 && $SENTENCE == 'weir: '?????* ]] || complain "$1" "is told badly"
	[[ $STATE == "$BEFORE" || ($STATE == "$AFTER" && $ANSWER == lost) ]] || complain "$1" "leaves a trace"
}

# prepared FUNCTION: nothing but what it sets
prepared() {
	weir flush
	"$1"
	query
	BEFORE=$STATE
}

# withstands PREPARE WORD...: all faults of a command, after what PREPARE has set
withstands() {
	local prepare=$1 nth
	shift
	COMPLAINTS='' FAILED=0
	prepared "$prepare"
	weir "$@"
	query
	AFTER=$STATE
	[[ $AFTER != "$BEFORE" ]] || COMPLAINTS="it changes nothing"$'\n'
	for ((nth = 1; nth <= FAULTS_MAX; nth++)); do
		[[ $STATE == "$BEFORE" ]] || prepared "$prepare"
		attack "$nth" "$@"
		query
		[[ $LEFT == 0 ]] || break
		judge "$nth"
	done
	[[ $LEFT != 0 && $STATUS == 0 && $STATE == "$AFTER" ]] || complain "$nth" "does not strike, yet it fails"
	verdict "$nth" "$@"
}

# lists WORD...: all faults of a command that changes nothing
lists() {
	local nth whole
	COMPLAINTS='' FAILED=0
	attack 0 "$@"
	whole=$OUTPUT
	for ((nth = 1; nth <= FAULTS_MAX; nth++)); do
		attack "$nth" "$@"
		[[ $LEFT == 0 ]] || break
		if [[ $STATUS == 0 ]]; then
			[[ $OUTPUT == "$whole" ]] || complain "$nth" "is not told"
			continue
		fi
		FAILED=$((FAILED + 1))
		[[ $STATUS == 1 && $SENTENCE == 'weir: '?????* ]] || complain "$nth" "is told badly"
	done
	[[ $LEFT != 0 && $STATUS == 0 && -n $whole && $OUTPUT == "$whole" ]] || complain "$nth" "does not strike, yet it fails"
	verdict "$nth" "$@"
}

# verdict NTH WORD...: of all faults before that one
verdict() {
	local command=${*:2}
	((FAILED > 1)) || COMPLAINTS+="only $FAILED of $(($1 - 1)) made it fail"
	check "all faults of '${command//"$TMP/"/}' are told and leave no trace" is "$COMPLAINTS" ""
	note "$FAILED of $(($1 - 1)) made it fail"
}

# --- what there is before ---------------------------------------------------------

nothing() { :; }
limits() { weir config set conns-max 100 affinity-max 100 fast on; }
a_service() { service tcp 80 scheduler rr; }
with_locals() { service tcp 80 scheduler rr local-addresses "$DIRECTOR_BACK"; }
with_servers() {
	with_locals
	servers nat tcp 80
}
with_another() {
	with_servers
	service udp 53 scheduler mh hash-key "$HASH_KEY"
	set_key tcp 80
}

# Two connections, and the client that they come from remembered.
with_conns() {
	service udp 53 scheduler rr timeout udp 1h affinity 1h
	servers nat udp 53
	load udp 53 --conns 2
	set_key tcp 80
}

# --- commands ---------------------------------------------------------------------

additions() {
	withstands nothing service add "$KEY" scheduler mh hash-key "$HASH_KEY"
	withstands nothing service add "$KEY" scheduler rr conntrack on helper ftp
	withstands nothing service add "$KEY" scheduler rr hook ingress
	withstands nothing service add "$KEY" scheduler rr affinity 5m local-addresses "$DIRECTOR_BACK"
	withstands a_service server add "$KEY" "${SERVER[s1]}" method direct
	withstands a_service server add "$KEY" "$AT" method nat
	withstands a_service server add "$KEY" "${SERVER[s1]}" method tunnel tunnel gue
	withstands with_locals server add "$KEY" "$AT" method fullnat
	withstands a_service server add "$KEY" "$VIP" method local
}

schedulers() {
	local name
	for name in wrr lc wlc lblc lblcr sed nq twos fo ovf sh dh mh none; do
		withstands with_servers service set "$KEY" scheduler "$name" hash-key "$HASH_KEY"
	done
}

changes() {
	withstands with_servers service set "$KEY" local-addresses "$DIRECTOR_FRONT,$DIRECTOR_BACK"
	withstands a_service service set "$KEY" conntrack on
	withstands with_servers service set "$KEY" hook ingress
	withstands with_servers service set "$KEY" affinity 5m
	withstands with_servers service replace "$KEY" server "$AT" method nat weight 7 server "$VIP" method local
	withstands with_servers server set "$KEY" "$AT" weight 7 conns-max 9
	withstands with_servers server set "$KEY" "$AT" method fullnat
	withstands with_servers server set "$KEY" "$AT" state down policy reset
	withstands with_servers server drain "$KEY" "$AT" deadline 1h
	withstands with_servers server remove "$KEY" "$AT"
	withstands with_another service remove "$KEY"
	withstands with_another flush
	QUERY="config show" withstands limits config set conns-max 5 affinity-max 6 fast off
	QUERY="-j conn list" withstands with_conns conn kill all
	QUERY="-j affinity list" withstands with_conns affinity remove all
}

imports() {
	local udp=$VIP:53
	[[ $FAMILY == 4 ]] || udp="[$VIP]:53"
	cat >"$TMP/saved" <<-END
		-A -t ${KEY#tcp:} -s wlc
		-a -t ${KEY#tcp:} -r $AT -m -w 3
		-A -u $udp -s mh -b mh-port
		-a -u $udp -r $AT -m
	END
	withstands with_servers import ipvsadm "$TMP/saved"
}

# Connections, and so many servers that they do not fit in one answer.
listings() {
	local words=() i
	prepared with_servers
	weir service set "$KEY" affinity 5m
	load_start held tcp 80 --hold --conns 20
	for ((i = 1; i < 250; i++)); do words+=(server "198.51.100.$i"); done
	service tcp 81
	weir service replace "$KEY" "${words[@]}"
	lists -j show interval 0
	lists -j conn list
	lists -j affinity list
	lists stats
	lists stats drops
	lists config show
	lists export ipvsadm
	load_end held
}

# What knows of no family is tried with one.
body() {
	set_key tcp 80
	AT=$(addr s1 8080)
	additions
	changes
	imports
	[[ $FAMILY == 4 ]] || return 0
	schedulers
	listings
}

turn_knobs
for_each_family body
