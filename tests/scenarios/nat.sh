#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# NAT: the destination is rewritten to a server's address and port, replies come
# back through the director and carry the VIP. The services listen on ports that
# no server has, so that an answer proves the port was rewritten.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

exchanges() { # PROTOCOL
	local protocol=$1 name
	service "$protocol" 443 scheduler rr
	for name in s1 s2 s3; do server add nat "$protocol" 443 "$name"; done
	load "$protocol" 443 --conns 30 --exchanges 10 --size 100 --reply 200
	check "$protocol: all of 30 connections with 10 exchanges are answered from the VIP, intact, and servers see the client" \
		all_served 30
	check "$protocol: every server gets its third" is "${R[s1]} ${R[s2]} ${R[s3]}" "10 10 10"
	check "$protocol: the service counts exactly the connections made" \
		is "$(of_service "$protocol" 443 stats.conns)" 30
	check "$protocol: a server counts exactly its own" is "$(of_server "$protocol" 443 s2 stats.conns)" 10
}

# A request is 20 bytes and its payload, an answer 52; UDP adds 8, IP 20 or 40.
datagrams_counted() {
	local ip=$((FAMILY == 4 ? 20 : 40))
	check "udp: the service counts every packet and byte from clients" \
		is "$(of_service udp 443 stats.packets_in stats.bytes_in)" "300 $((300 * (ip + 8 + 20 + 100)))"
	check "udp: the service counts every packet and byte from servers" \
		is "$(of_service udp 443 stats.packets_out stats.bytes_out)" "300 $((300 * (ip + 8 + 52 + 200)))"
}

# 1448 is the most that a segment of these links holds.
transfers() {
	local size before packets_in bytes_in packets_out bytes_out
	local -a after fields=(stats.packets_in stats.bytes_in stats.packets_out stats.bytes_out)
	size=$(scaled 2000000)
	before=$(of_service tcp 443 "${fields[@]}")
	load tcp 443 --size "$size" --reply "$size"
	check "tcp: $size bytes arrive intact in each direction" all_served 1
	read -ra after <<<"$(of_service tcp 443 "${fields[@]}")"
	read -r packets_in bytes_in packets_out bytes_out <<<"$before"
	check "tcp: packets from the client are counted as the segments they are cut into" \
		within $((after[0] - packets_in)) $((size / 1448)) $((size / 200 + 100))
	check "tcp: bytes from the client are all counted, once" \
		within $((after[1] - bytes_in)) "$size" $((size * 2 - 1))
	check "tcp: packets from the server are counted as the segments they are cut into" \
		within $((after[2] - packets_out)) $((size / 1448)) $((size / 200 + 100))
	check "tcp: bytes from the server are all counted, once" \
		within $((after[3] - bytes_out)) "$size" $((size * 2 - 1))
	load udp 443 --conns 4 --exchanges 5 --size 1400 --reply 1400
	check "udp: large datagrams arrive intact in each direction" all_served 4
}

body() {
	exchanges tcp
	exchanges udp
	datagrams_counted
	transfers
	load tcp 443 --conns 12 --exchanges 3 --close rst
	check "tcp: connections that clients reset end without disturbing others" all_served 12
	load tcp 443 --conns 12 --exchanges 3 --close server
	check "tcp: connections that servers close first are closed cleanly" all_served 12
}

for_each_family body
