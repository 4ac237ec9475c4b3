#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Draining: a server gets no new connections while its old ones go on, until they
# end or the deadline resets them, whether they speak or not. What remains can be
# read, and an event tells when nothing does. A removed server that still has
# connections stays listed, and takes up where it was if it is added again.
#
# Takes long, most of which is waiting.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

fill() { # METHOD
	service tcp 80 scheduler rr timeout tcp-closed 4s timeout tcp-fin 4s
	servers "$1" tcp 80
	load_start old tcp 80 --hold --conns 9 --exchanges 2
	check "$1: every server has connections to begin with" is "${R[s1]} ${R[s2]} ${R[s3]}" "3 3 3"
}

nothing_new() { # METHOD WHAT
	load tcp 80 --conns 12 --exchanges 2
	check "$1: a server $2 gets no new connection, the others all of them" \
		is "${R[s1]} ${R[conns]} failed=${R[failed]}" "0 12 failed=0"
}

old_go_on() { # METHOD WHAT
	load_say old "go 3"
	check "$1: connections of a server $2 go on" all_served 9
	check "$1: they go on at the server $2" is "${R[s1]}" 3
}

# How TCP of s1 fares after the deadline: reset, and all others go on. The deadline may
# come while packets of one round are on their way.
until_reset() {
	load_say old go
	RESET=$((RESET + R[reset])) FAILED=$((FAILED + R[failed]))
	((RESET >= 3))
}

drained() { # METHOD
	fill "$1"
	monitor_start tcp 80
	server drain "$1" tcp 80 s1
	nothing_new "$1" "that drains"
	old_go_on "$1" "that drains"
	check "$1: the connections that remain can be read" is "$(held_by tcp 80 s1)" 3
	check "$1: a server that drains is shown as down, with the policy drain" \
		is "$(of_server tcp 80 s1 state policy)" "down drain"
	check "$1: no event says it is drained while connections remain" fails heard '"drained"'
	load_end old
	check "$1: an event says that a server is drained when its last connection ended" \
		busywait 10 heard "\"change\":\"drained\".*${SERVER[s1]//./\\.}\""
	check "$1: then it holds none" is "$(held_by tcp 80 s1)" 0
	monitor_stop
	server set "$1" tcp 80 s1 state up
	load tcp 80 --conns 9
	check "$1: a server that is up again gets new connections" is "${R[s1]} ${R[conns]}" "3 9"
	weir flush
}

deadline() { # METHOD
	fill "$1"
	server drain "$1" tcp 80 s1 deadline 1s
	RESET=0 FAILED=0
	check "$1: after the deadline the connections that remain are reset" busywait 10 until_reset
	check "$1: only those" is "reset=$RESET failed=$FAILED s2=${R[s2]} s3=${R[s3]}" "reset=3 failed=3 s2=3 s3=3"
	check "$1: each reset is counted as server-reset" atleast "$(drops server-reset)" 3
	load_end old
	weir flush
}

# holds COUNT NAME: for busywait and check, of the service of $IDLE
holds() {
	# shellcheck disable=SC2086
	is "$(held_by $IDLE "$2")" "$1"
}

# Connections of which nobody speaks: nothing but the deadline ends them.
idle() { # METHOD PROTOCOL PORT
	local what="$1, $2"
	IDLE="$2 $3"
	service "$2" "$3" scheduler rr timeout tcp-closed 1s
	servers "$1" "$2" "$3"
	load_start old "$2" "$3" --hold --conns 9 --exchanges 2
	monitor_start "$2" "$3"
	server drain "$1" "$2" "$3" s1 deadline 5s
	check "$what: before the deadline idle connections are held" holds 3 s1
	check "$what: soon after the deadline a server holds none, though none has spoken" \
		busywait 10 holds 0 s1
	check "$what: and an event says that it is drained" \
		busywait 5 heard "\"change\":\"drained\".*${SERVER[s1]//./\\.}\""
	check "$what: other servers hold theirs" holds 3 s2
	server remove "$1" "$2" "$3" s2 deadline 500ms
	check "$what: a removed server is not listed any more soon after its deadline" \
		busywait 10 not_listed "$2" "$3" s2
	monitor_stop
	load_say old go
	if [[ $2 == udp ]]; then
		check "$what: flows that speak later go to another server" \
			is "s3=${R[s3]} failed=${R[failed]}" "s3=9 failed=0"
	else
		check "$what: connections that speak later get a RST" \
			is "reset=${R[reset]} s3=${R[s3]} timeout=${R[timeout]}" "reset=6 s3=3 timeout=0"
	fi
	load_end old
	weir flush
}

# Servers that come back in time keep what they have; another's deadline tells the time.
in_time() { # METHOD
	IDLE="tcp 80"
	fill "$1"
	server drain "$1" tcp 80 s1 deadline 6s
	server remove "$1" tcp 80 s3 deadline 6s
	server set "$1" tcp 80 s1 state up
	server add "$1" tcp 80 s3
	server drain "$1" tcp 80 s2 deadline 7s
	check "$1: the deadline of a server that nothing has brought back comes" busywait 10 holds 0 s2
	check "$1: a server that is up again before its deadline keeps its connections" holds 3 s1
	check "$1: and so does one that is added again" holds 3 s3
	server drain "$1" tcp 80 s1 deadline 1h
	server drain "$1" tcp 80 s3 deadline 1s
	check "$1: an earlier deadline does not wait for a later one" busywait 10 holds 0 s3
	check "$1: nor does it take that one's connections" holds 3 s1
	server drain "$1" tcp 80 s1 deadline 1s
	weir service remove "$KEY"
	check "$1: a service can go while a deadline is to come" conns_are 0
	load_end old
	weir flush
}

removed() { # METHOD
	fill "$1"
	monitor_start tcp 80
	server remove "$1" tcp 80 s1
	nothing_new "$1" "that was removed"
	old_go_on "$1" "that was removed"
	check "$1: a removed server stays listed while connections remain" \
		is "$(of_server tcp 80 s1 state active)" "removed 3"
	server add "$1" tcp 80 s1
	check "$1: added again, it is up and has its connections" \
		is "$(of_server tcp 80 s1 state active)" "up 3"
	old_go_on "$1" "that was added again"
	load tcp 80 --conns 9
	check "$1: added again, it gets new connections" is "${R[s1]} ${R[conns]}" "3 9"
	server remove "$1" tcp 80 s1
	load_end old
	check "$1: an event says that a removed server is drained" \
		busywait 10 heard "\"change\":\"drained\".*${SERVER[s1]//./\\.}\""
	check "$1: a removed server without connections is no longer listed" \
		busywait 10 not_listed tcp 80 s1
	monitor_stop
	weir flush
}

body() {
	drained nat
	drained direct
	deadline nat
	deadline direct
	idle nat tcp 80
	idle direct tcp 80
	idle nat udp 53
	idle direct udp 53
	in_time nat
	removed nat
	removed direct
}

for_each_family body
