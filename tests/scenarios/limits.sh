#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# conns-max of a server: with as many connections it is full and gets no new ones,
# whatever the scheduler, until it holds fewer than conns-resume. Those it has go on.
# When all are full, new connections are refused and counted as servers-full.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

shares() { echo "${R[s1]} ${R[s2]} ${R[s3]}"; }

# full NAME: whether it is, as JSON has it
full() { of_server "$protocol" "$port" "$1" full; }

# limit NAME WORD...: of conns-max and conns-resume
limit() { server set nat "$protocol" "$port" "$@"; }

# kill_one NAME: ends one of its connections
kill_one() {
	local client
	set_key "$protocol" "$port"
	client=$(json "[.conns[] | select(.server_address == \"${SERVER[$1]}\")][0] |
		if .client_address | contains(\":\") then \"[\\(.client_address)]:\\(.client_port)\"
		else \"\\(.client_address):\\(.client_port)\" end" conn list service "$KEY")
	weir conn kill service "$KEY" client "$client" >/dev/null
}

new_conns() { load "$protocol" "$port" --conns "$1" --parallel 1; }

# The service and 12 connections, which make s1 full.
begin() { # RESUME...
	service "$protocol" "$port" scheduler rr timeout tcp-closed 1s timeout tcp-fin 1s
	servers nat "$protocol" "$port"
	limit s1 conns-max 4 "$@"
	load_start held "$protocol" "$port" --hold --conns 12 --parallel 1
}

ends() {
	load_end held
	weir flush
}

hysteresis() {
	begin conns-resume 2
	check "$protocol: a server gets as many connections as its conns-max" is "$(shares)" "4 4 4"
	check "$protocol: then it is full, and the others are not" is "$(full s1) $(full s2)" "true false"
	check "$protocol: show says so" matches "$(weir show interval 0)" "${SERVER[s1]}.* up, full "
	new_conns 6
	check "$protocol: a full server gets no new connection, the others share them" is "$(shares)" "0 3 3"
	load_say held "go 2"
	check "$protocol: connections of a full server go on" all_served 12
	kill_one s1
	new_conns 4
	check "$protocol: at one below conns-max it is full still" is "$(shares) $(full s1)" "0 2 2 true"
	kill_one s1
	new_conns 4
	check "$protocol: and at conns-resume" is "$(shares) $(full s1)" "0 2 2 true"
	kill_one s1
	check "$protocol: below conns-resume it is not" is "$(full s1)" false
	load_start more "$protocol" "$port" --hold --conns 9 --parallel 1
	check "$protocol: and gets new ones, up to conns-max again" is "$(shares) $(full s1)" "3 3 3 true"
	load_end more
	ends
}

# Without conns-resume: below three quarters.
three_quarters() {
	begin
	kill_one s1
	check "$protocol: without conns-resume a server is full at three quarters still" \
		is "$(held_by "$protocol" "$port" s1) $(full s1)" "3 true"
	kill_one s1
	check "$protocol: and below them it is not" \
		is "$(held_by "$protocol" "$port" s1) $(full s1)" "2 false"
	ends
}

all_full() {
	local before other
	begin
	other=$(drops no-server)
	limit s2 conns-max 2
	limit s3 conns-max 4
	check "$protocol: a limit below what a server holds makes it full at once" \
		is "$(full s2) $(full s3)" "true true"
	before=$(drops servers-full)
	new_conns 3
	check "$protocol: when all servers are full, new connections are refused" \
		is "refused=${R[refused]} conns=${R[conns]}" "refused=3 conns=0"
	check "$protocol: and counted as servers-full" atleast $(($(drops servers-full) - before)) 3
	check "$protocol: not as no-server" is "$(drops no-server)" "$other"
	limit s2 conns-max 20
	new_conns 3
	check "$protocol: a limit that is raised leaves room at once" is "$(shares) ${R[conns]}" "0 3 0 3"
	limit s2 conns-max 2
	limit s3 conns-max 0
	new_conns 3
	check "$protocol: so does one that is taken away" is "$(shares) ${R[conns]}" "0 0 3 3"
	load_say held "go 2"
	check "$protocol: connections held go on throughout" all_served 12
	ends
}

# Many at once, over as many processors as there are.
at_once() {
	service "$protocol" "$port" scheduler wlc
	servers nat "$protocol" "$port"
	limit s1 conns-max 20
	load_start held "$protocol" "$port" --hold --conns 150
	check "$protocol: connections that begin at once exceed the limit by no more than one a processor" \
		within "$(held_by "$protocol" "$port" s1)" 20 $((19 + $(nproc)))
	check "$protocol: and all are served" all_served 150
	load_end held
	weir flush
}

# s1 weighs most, and would get most from nearly all of them.
every_scheduler() {
	local name
	service "$protocol" "$port" scheduler fo
	servers nat "$protocol" "$port" s1=9 s2=2 s3=3
	limit s1 conns-max 1
	load_start held "$protocol" "$port" --hold --conns 1
	check "fo: the first connection goes to the largest weight" is "$(shares)" "1 0 0"
	for name in rr wrr lc wlc sed nq twos fo ovf sh dh mh lblc lblcr; do
		weir service set "$KEY" scheduler "$name"
		load "$protocol" "$port" --conns 12 --parallel 1 --from "$CLIENTS" --sources 12
		check "$name: a full server gets none, and all are served" is "${R[s1]} ${R[conns]}" "0 12"
	done
	load_end held
	weir flush
}

# Also one that leaves is limited when it is back, by what it held all the time.
comes_back() {
	begin conns-resume 1
	server remove nat "$protocol" "$port" s1 policy keep
	server add nat "$protocol" "$port" s1 conns-max 4
	check "$protocol: a server that is removed and added again with its connections is full" \
		is "$(full s1)" true
	new_conns 4
	check "$protocol: and gets none" is "$(shares)" "0 2 2"
	ends
}

# shellcheck disable=SC2034
both() {
	protocol=$1 port=$2
	hysteresis
	three_quarters
	all_full
	at_once
	comes_back
}

tcp_alone() {
	protocol=tcp port=80
	every_scheduler
}

for_each_family both tcp 80
for_each_family both udp 53
for_each_family tcp_alone
