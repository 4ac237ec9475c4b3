#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The policies reset and keep: what connections get whose server is taken down or
# removed. reset ends TCP with a RST at its next packet and sends UDP elsewhere, and
# does not wait for those that say nothing; keep lets both go on; neither is ever left
# without an answer.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

fill() { # METHOD PROTOCOL PORT
	service "$2" "$3" scheduler rr
	servers "$1" "$2" "$3"
	load_start old "$2" "$3" --hold --conns 9 --exchanges 2
}

# The server goes, in one of the two ways.
leave() { # HOW METHOD PROTOCOL PORT POLICY
	if [[ $1 == down ]]; then
		server set "$2" "$3" "$4" s1 state down policy "$5"
	else
		server remove "$2" "$3" "$4" s1 policy "$5"
	fi
}

# active_is COUNT: connections of s1 that are not over
active_is() { is "$(of_server tcp 80 s1 active)" "$1"; }

reset_tcp() { # HOW METHOD
	local counted
	fill "$2" tcp 80
	leave "$1" "$2" tcp 80 reset
	check "$2: reset, $1: TCP connections are over before they speak" busywait 5 active_is 0
	counted=$(of_server tcp 80 s1 stats.packets_in)
	load_say old go
	check "$2: reset, $1: each TCP connection of the server gets a RST at its next packet" \
		is "reset=${R[reset]} timeout=${R[timeout]}" "reset=3 timeout=0"
	check "$2: reset, $1: the server, which does not speak, hears of it too" \
		busywait 5 established_at s1 0
	check "$2: reset, $1: those of other servers go on" \
		is "s2=${R[s2]} s3=${R[s3]} failed=${R[failed]} moved=${R[moved]}" "s2=3 s3=3 failed=3 moved=0"
	check "$2: reset, $1: it is counted as server-reset" atleast "$(drops server-reset)" 3
	check "$2: reset, $1: and not as a packet of the server" is "$(of_server tcp 80 s1 stats.packets_in)" "$counted"
	load tcp 80 --conns 6
	check "$2: reset, $1: new connections go to the others" is "s1=${R[s1]} conns=${R[conns]}" "s1=0 conns=6"
	load_end old
	weir flush
}

# Where the director sees replies: the first packet that is too late is the server's, and
# its client waits for it, with nothing to say itself.
reset_by_reply() { # HOW
	fill nat tcp 80
	kill -STOP "${SERVER_PID[s1]}"
	echo go >&"${LOAD_IN[old]}"
	pause 1
	leave "$1" nat tcp 80 reset
	kill -CONT "${SERVER_PID[s1]}"
	load_report old
	check "nat: reset, $1: a client that waits for its server hears of it when that speaks" \
		is "reset=${R[reset]} timeout=${R[timeout]}" "reset=3 timeout=0"
	load_end old
	weir flush
}

no_flows() { is "$(held_by udp 53 s1)" 0; }

reset_udp() { # HOW METHOD
	fill "$2" udp 53
	leave "$1" "$2" udp 53 reset
	check "$2: reset, $1: UDP flows are forgotten before they speak" busywait 5 no_flows
	load_say old "go 3"
	check "$2: reset, $1: UDP flows of the server move with their next packet, none is lost" \
		is "s1=${R[s1]} conns=${R[conns]} moved=${R[moved]} failed=${R[failed]}" \
		"s1=0 conns=9 moved=3 failed=0"
	load_end old
	weir flush
}

keep() { # HOW METHOD PROTOCOL PORT
	fill "$2" "$3" "$4"
	leave "$1" "$2" "$3" "$4" keep
	load_say old "go 3"
	check "$2: keep, $1: $3 connections of the server go on" \
		is "s1=${R[s1]} conns=${R[conns]} moved=${R[moved]} failed=${R[failed]}" \
		"s1=3 conns=9 moved=0 failed=0"
	load "$3" "$4" --conns 6
	check "$2: keep, $1: new $3 connections go to the others" is "s1=${R[s1]} conns=${R[conns]}" "s1=0 conns=6"
	load_end old
	weir flush
}

body() {
	local how method
	for how in down removed; do reset_by_reply "$how"; done
	for method in nat direct; do
		for how in down removed; do
			reset_tcp "$how" "$method"
			reset_udp "$how" "$method"
			keep "$how" "$method" tcp 80
			keep "$how" "$method" udp 53
		done
	done
}

for_each_family body
