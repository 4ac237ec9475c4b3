#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Direct: packets reach the server with nothing but another destination MAC, and
# the server, which has the VIP itself, answers the client past the director.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

exchanges() { # PROTOCOL PORT
	local protocol=$1 port=$2 name
	service "$protocol" "$port" scheduler rr
	for name in s1 s2 s3; do server add direct "$protocol" "$port" "$name"; done
	load "$protocol" "$port" --conns 30 --exchanges 10 --size 100 --reply 200
	check "$protocol: all of 30 connections with 10 exchanges are answered, intact, and servers see the client" \
		all_served 30
	check "$protocol: every server gets its third" is "${R[s1]} ${R[s2]} ${R[s3]}" "10 10 10"
	check "$protocol: the service counts exactly the connections made" \
		is "$(of_service "$protocol" "$port" stats.conns)" 30
	check "$protocol: a server counts exactly its own" \
		is "$(of_server "$protocol" "$port" s3 stats.conns)" 10
	check "$protocol: no answer comes through the director" \
		is "$(of_service "$protocol" "$port" stats.packets_out)" 0
}

transfers() {
	local size before after
	size=$(scaled 2000000)
	before=$(of_service tcp 80 stats.packets_in stats.bytes_in)
	load tcp 80 --size "$size" --reply "$size"
	check "tcp: $size bytes arrive intact in each direction" all_served 1
	after=$(of_service tcp 80 stats.packets_in stats.bytes_in)
	check "tcp: packets are counted as the segments they are cut into" \
		within $((${after% *} - ${before% *})) $((size / 1448)) $((size / 200 + 100))
	check "tcp: bytes from the client are all counted, once" \
		within $((${after#* } - ${before#* })) "$size" $((size * 2 - 1))
	load udp 53 --conns 4 --exchanges 5 --size 1400 --reply 1400
	check "udp: large datagrams arrive intact in each direction" all_served 4
}

body() {
	local ip=$((FAMILY == 4 ? 20 : 40))
	exchanges tcp 80
	exchanges udp 53
	check "udp: the service counts every packet and byte from clients" \
		is "$(of_service udp 53 stats.packets_in stats.bytes_in)" "300 $((300 * (ip + 8 + 20 + 100)))"
	transfers
	load tcp 80 --conns 12 --exchanges 3 --close rst
	check "tcp: connections that clients reset end without disturbing others" all_served 12
	load tcp 80 --conns 12 --exchanges 3 --close server
	check "tcp: connections that servers close first are closed cleanly" all_served 12
}

# One service may reach one server directly and rewrite for another.
mixed() {
	service tcp 80 scheduler rr
	server add direct tcp 80 s1
	server add nat tcp 80 s2
	load tcp 80 --conns 10 --exchanges 4
	check "servers of both methods serve one service" \
		is "${R[s1]} ${R[s2]} failed=${R[failed]} wrong=${R[wrong]}" "5 5 failed=0 wrong=0"
}

for_each_family body
for_each_family mixed
