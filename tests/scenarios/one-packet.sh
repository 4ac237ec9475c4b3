#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# one-packet on: each datagram goes to a server of its own and leaves nothing behind.
# A client sees answers from several servers, which is the point: it asks each time
# anew, as of DNS.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

# Datagrams that each server got, and what the service has counted.
datagrams() { echo "$(of_server udp 53 s1 stats.packets_in) $(of_server udp 53 s2 stats.packets_in) $(of_server udp 53 s3 stats.packets_in)"; }
counted() { of_service udp 53 stats.conns stats.packets_in active inactive; }

each_alone() {
	service udp 53 scheduler rr one-packet on
	servers direct udp 53
	load udp 53 --conns 4 --exchanges 6 --parallel 1
	check "every datagram is answered" is "conns=${R[conns]} answers=${R[answers]} failed=${R[failed]} wrong=${R[wrong]}" \
		"conns=4 answers=24 failed=0 wrong=0"
	check "flows get answers from other servers than before" is "${R[moved]}" 20
	check "the scheduler is asked for each datagram" is "$(datagrams)" "8 8 8"
	check "each counts as a connection and as a packet; none is held" is "$(counted)" "24 24 0 0"
	check "conn list has none" is "$(json '.conns | length' conn list)" 0
	check "none of them is fast" is "$(of_service udp 53 stats.packets_fast)" 0
	check "show says so" matches "$(weir show "$KEY" interval 0)" " one-packet on"
	server drain direct udp 53 s2
	load udp 53 --conns 1 --exchanges 6
	check "a server that drains gets no more datagrams" is "${R[failed]} $(of_server udp 53 s2 stats.packets_in)" "0 8"
	weir flush
}

nobody() {
	local before
	service udp 53 one-packet on
	before=$(drops no-server)
	load udp 53 --conns 3
	check "without a server the client is told" is "refused=${R[refused]} conns=${R[conns]}" "refused=3 conns=0"
	check "and the datagrams count as no-server" drops_are no-server $((before + 3))
	weir flush
}

switched() {
	service udp 53 scheduler rr
	servers direct udp 53
	load_start held udp 53 --hold --conns 3 --exchanges 4
	check "with one-packet off a flow keeps its server" is "${R[moved]} $(conns_held)" "0 3"
	weir service set "$(key udp 53)" one-packet on
	check "switching it on ends the flows there are" conns_are 0
	load_say held go
	check "which go on one datagram at a time" is "conns=${R[conns]} failed=${R[failed]} held=$(conns_held)" \
		"conns=3 failed=0 held=0"
	weir service set "$(key udp 53)" one-packet off
	load_say held "go 3"
	check "switched off again, flows are kept" conns_are 3
	load_end held
	check "method nat is then allowed" servers nat udp 53 s1
	weir flush
}

# Two kinds of packets: only datagrams stand alone.
by_mark() {
	local key=fwmark:7 word=ip
	[[ $FAMILY == 4 ]] || key=fwmark6:7 word=ip6
	nft add table inet marks
	nft add chain inet marks before '{ type filter hook prerouting priority mangle; }'
	nft add rule inet marks before "$word" daddr "$VIP" meta mark set 7
	weir service add "$key" scheduler rr one-packet on
	weir service replace "$key" server "${SERVER[s1]}" server "${SERVER[s2]}" server "${SERVER[s3]}"
	load udp 53 --conns 1 --exchanges 6
	check "by firewall mark: datagrams stand alone" is "${R[failed]} ${R[moved]} $(conns_held)" "0 5 0"
	load tcp 80 --conns 3 --exchanges 6
	check "by firewall mark: TCP connections do not" all_served 3
	check "by firewall mark: they are held" atleast "$(conns_held)" 3
	nft delete table inet marks
	weir flush
}

ingress() {
	service udp 53 scheduler rr one-packet on hook ingress
	servers direct udp 53
	load udp 53 --conns 2 --exchanges 6
	check "with hook ingress every datagram is answered" is "answers=${R[answers]} failed=${R[failed]}" "answers=12 failed=0"
	check "by each server" is "$(datagrams)" "4 4 4"
	check "and taken at ingress, without a connection" is "$(of_service udp 53 stats.packets_fast) $(conns_held)" "12 0"
	weir flush
}

body() {
	each_alone
	nobody
	switched
	by_mark
	! on_fast_path || ingress
}

nft list ruleset >/dev/null || skip_all "no nf_tables here"
for_each_family body
