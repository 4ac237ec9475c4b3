#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# UDP has no connections to lose: the flows of a removed server move to another
# with their next packet, and no datagram goes unanswered. A server that is only
# drained keeps the flows it has.
#
# Needs two processors: packets pass while servers go.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

body() {
	local method=$1
	service udp 53 scheduler rr
	servers "$method" udp 53
	load_start flows udp 53 --hold --conns 9 --exchanges 2
	check "$method: flows are spread over all servers" is "${R[s1]} ${R[s2]} ${R[s3]}" "3 3 3"
	load_say flows "go 3"
	check "$method: a flow stays with its server" all_served 9

	server drain "$method" udp 53 s2
	load_say flows "go 3"
	check "$method: flows of a server that drains go on there" \
		is "s2=${R[s2]} moved=${R[moved]} failed=${R[failed]}" "s2=3 moved=0 failed=0"
	load udp 53 --conns 6
	check "$method: a server that drains gets no new flow" is "s2=${R[s2]} conns=${R[conns]}" "s2=0 conns=6"
	server set "$method" udp 53 s2 state up

	server_stop s1
	server remove "$method" udp 53 s1
	load_say flows "go 3"
	check "$method: flows of a removed server move with their next datagram, none is lost" \
		is "s1=${R[s1]} conns=${R[conns]} moved=${R[moved]} failed=${R[failed]}" \
		"s1=0 conns=9 moved=3 failed=0"
	load_say flows "go 3"
	check "$method: and stay where they went" all_served 9
	check "$method: a removed server keeps only flows that have sent nothing since" \
		is "$(held_by udp 53 s1)" 3
	set_addr s1 "$BACKEND"
	weir conn kill server "$ADDR" >/dev/null
	check "$method: without flows it is no longer listed" busywait 5 not_listed udp 53 s1
	server remove "$method" udp 53 s2
	server remove "$method" udp 53 s3
	check "$method: without any server a datagram is dropped as no-server" no_server
	servers_start s1
	load_end flows
	weir flush
}

no_server() {
	local before
	before=$(drops no-server)
	load udp 53 --timeout 100
	atleast $(($(drops no-server) - before)) 1 && is "${R[conns]}" 0
}

for_each_family body nat
for_each_family body direct
