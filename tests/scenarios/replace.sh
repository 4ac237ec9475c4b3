#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Replacing a service's servers: in one step, from one whole set to the next, with
# traffic running. No connection fails, none ever meets an empty set, those of
# servers that left go on; a set that is refused changes nothing.
#
# Needs two processors: packets pass while the set is replaced.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

replace() { # NAME[=WEIGHT]...
	local word words=()
	for word; do
		words+=(server "$(addr "${word%=*}" 8080)" method nat)
		[[ $word != *=* ]] || words+=(weight "${word#*=}")
	done
	weir service replace "$(key tcp 80)" ${words[@]+"${words[@]}"}
}

listed() {
	json '[.services[0].servers[] | select(.state != "removed") | "\(.address)=\(.weight)"] | sort | join(" ")' \
		show "$(key tcp 80)" interval 0
}

bad_set() {
	weir service replace "$(key tcp 80)" server "$(addr s1 8080)" method nat \
		server "$(addr s2 9999)" method direct
}

body() {
	local round before
	service tcp 80 scheduler wrr timeout tcp-closed 1s timeout tcp-fin 10s
	replace s1 s2
	check "the set is what was given" is "$(listed)" "${SERVER[s1]}=1 ${SERVER[s2]}=1"
	load_start held tcp 80 --hold --conns 6
	check "every server of the set gets its share" is "${R[s1]} ${R[s2]} ${R[s3]}" "3 3 0"

	before=$(drops no-server)
	load_start run tcp 80 --forever --parallel 4 --pause 5
	for round in {1..5}; do
		replace s2 s3
		replace s3=2 s1=7
		replace s1 s2 s3
		load_say run report
	done
	busywait 10 eval 'load_say run report && ((R[s3] > 3 && R[conns] >= 20))'
	load_end run
	check "no connection fails while the set is replaced $((round * 3)) times" \
		is "failed=${R[failed]} wrong=${R[wrong]} moved=${R[moved]}" "failed=0 wrong=0 moved=0"
	check "connections were made all the while" atleast "${R[conns]}" 20
	check "none met an empty set" drops_are no-server "$before"

	replace s3=5
	check "servers that are not given are gone, weights are those given" is "$(listed)" "${SERVER[s3]}=5"
	load tcp 80 --conns 6
	check "new connections go to the new set" is "${R[s3]} ${R[conns]}" "6 6"
	load_say held "go 3"
	check "connections of servers that left go on" \
		is "s1=${R[s1]} s2=${R[s2]} failed=${R[failed]}" "s1=3 s2=3 failed=0"

	check "a set with one server that is refused is refused" fails bad_set
	check "then nothing has changed" is "$(listed)" "${SERVER[s3]}=5"
	load_end held
}

for_each_family body
