#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Timeouts: each state of a connection has one, set by service. A connection that
# is idle for longer is collected, one that is used or has longer is not.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

# Every kind that ends, at the same time: closed, reset, idle, UDP; and UDP that stays.
together() { # METHOD
	local method=$1
	service tcp 80 scheduler rr timeout tcp-closed 1s timeout tcp-fin 1s
	service tcp 8080 scheduler rr timeout tcp-established 3s
	service udp 53 scheduler rr timeout udp 3s
	service udp 5353 scheduler rr
	servers "$method" tcp 80
	servers "$method" tcp 8080
	servers "$method" udp 53
	servers "$method" udp 5353
	load_start idle tcp 8080 --hold --conns 5
	load udp 5353 --conns 3
	load udp 53 --conns 10 --exchanges 3
	check "$method: each flow of UDP is one connection" is "$(of_service udp 53 stats.conns)" 10
	load tcp 80 --conns 10 --exchanges 2
	load tcp 80 --conns 10 --exchanges 2 --close rst
	check "$method: what is idle for longer than its timeout is collected" busywait 8 conns_are 3
	check "$method: connections that were closed or reset, after tcp-closed" is "$(held tcp 80)" 0
	check "$method: idle connections, after tcp-established" is "$(held tcp 8080)" 0
	check "$method: flows of UDP, after udp" is "$(held udp 53)" 0
	check "$method: those of a service with the default timeout are still there" is "$(held udp 5353)" 3
	load_say idle go
	check "$method: what comes later on a connection that was collected belongs to none" \
		is "reset=${R[reset]} timeout=${R[timeout]}" "reset=5 timeout=0"
	load_end idle
	weir flush
}

held() { of_service "$1" "$2" active+inactive; } # PROTOCOL PORT

# A timeout runs from the last packet, not from the first.
used() {
	local round
	service tcp 80 scheduler rr timeout tcp-established 5s
	servers nat tcp 80
	load_start used tcp 80 --hold --conns 5
	for round in {1..8}; do
		pause 1
		load_say used go
		[[ ${R[conns]} == 5 ]] || break
	done
	check "nat: a connection that is used outlives its timeout (round $round of 8)" all_served 5
	load_end used
	weir flush
}

is_state() { # STATE COUNT
	local line count=0
	while read -r line; do
		[[ $line != *" $1 "* ]] || count=$((count + 1))
	done < <(weir conn list)
	is "$count" "$2"
}

# Connections that never get further: the client closes its side and the stopped
# servers do not close theirs; a server that lacks the VIP never answers.
stuck() {
	local vip
	vip=$VIP/$((FAMILY == 4 ? 32 : 128))
	# Long enough to be seen before they are over.
	service tcp 80 scheduler rr timeout tcp-fin 5s
	service tcp 8080 scheduler rr timeout tcp-syn 5s
	servers nat tcp 80 s2 s3
	servers direct tcp 8080 s1
	inside s1 ip addr del "$vip" dev lo
	load_start half tcp 80 --hold --conns 5 --timeout 1500
	kill -STOP "${SERVER_PID[@]}"
	load_say half half
	check "nat: connections that the client closed are fin-wait" busywait 5 is_state fin-wait 5
	check "nat: they are collected after tcp-fin" busywait 8 conns_are 0
	kill -CONT "${SERVER_PID[@]}"
	load_end half
	load tcp 8080 --conns 5 --timeout 100
	check "direct: connections without an answer are syn-sent" is_state syn-sent 5
	check "direct: they are collected after tcp-syn" busywait 8 conns_are 0
	inside s1 ip addr add "$vip" dev lo
	weir flush
}

# A timeout can be changed while connections exist.
set_later() {
	service udp 53 scheduler rr timeout udp 1h
	servers nat udp 53
	load udp 53 --conns 4
	set_key udp 53
	weir service set "$KEY" timeout udp 1s
	check "the timeout that was set is shown" is "$(of_service udp 53 timeouts.udp)" 1000
	load udp 53 --conns 3
	check "it holds for connections made afterwards" busywait 5 at_most_held 4
	weir flush
}

at_most_held() { atmost "$(conns_held)" "$1"; }

body() {
	together nat
	together direct
	used
	stuck
	set_later
}

for_each_family body
