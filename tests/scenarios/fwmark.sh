#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Services by firewall mark: rules say which packets are a service's, whatever their
# protocol, address and port. The addresses are the director's own, or come to it by
# a policy route; marks are set where rules usually set them, before conntrack, or as
# packets enter a device.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

nft list ruleset >/dev/null || skip_all "no nf_tables here"
COUNT=/proc/sys/net/netfilter/nf_conntrack_count
FAR4=198.19.0.10
FAR6=2001:db8:f::10

words_of_family() {
	NEAR=$VIP
	if [[ $FAMILY == 4 ]]; then
		MARKED=fwmark:7 IP=ip FAR=$FAR4 LOCAL=198.51.100.2
	else
		MARKED=fwmark6:7 IP=ip6 FAR=$FAR6 LOCAL=2001:db8:1::2
	fi
}

# An address that is nobody's on the director: packets to it get there by the client's
# route, and to LOCAL_IN by the policy route.
far_addresses() {
	local name
	cat <<END
@$CLIENT_NS
route add $FAR4/32 via 192.0.2.2
route add $FAR6/128 via 2001:db8::2
@$DIRECTOR_NS
rule add fwmark 7 lookup 100
route add local 0.0.0.0/0 dev lo table 100
addr add 198.51.100.2/32 dev back0
addr add 2001:db8:1::2/128 dev back0 nodad
END
	for name in s1 s2 s3; do
		cat <<END
@${NS[$name]}
addr add $FAR4/32 dev lo
addr add $FAR6/128 dev lo nodad
rule add from $FAR4 lookup 10
route add default from $FAR6 via 2001:db8:1::100
END
	done
}

# mark_at PRIORITY WORD...: packets from the client that these words of nft match
mark_at() {
	nft delete table inet marks 2>/dev/null || :
	nft -f - <<END
table inet marks {
	chain before {
		type filter hook prerouting priority $1
		iifname front0 ${*:2} meta mark set 7
	}
}
END
}

# marked METHOD NAME...: a service by the mark, with these servers
marked() {
	local name words=()
	weir service add "$MARKED" scheduler rr local-addresses "$LOCAL"
	for name in "${@:2}"; do words+=(server "${SERVER[$name]}" method "$1"); done
	weir service replace "$MARKED" "${words[@]}"
}

# of_marked FIELD: what the service has there
of_marked() { look "$MARKED" "$1"; }

# local_ports: how many ports of the local address each server's connections have
local_ports() { of_servers "$MARKED" ports_used; }

spread() { is "${R[s1]} ${R[s2]} ${R[s3]}" "$1"; }

# to WHERE: makes the loads go there, and the director mark what does
to() {
	VIP=$1
	mark_at mangle "$IP" daddr "$VIP" th dport '{ 80, 8080, 53, 5353 }'
}

whatever() { # METHOD WHERE
	local what="$1, $2" masked=()
	[[ $1 != fullnat ]] || masked=(--masked)
	marked "$1" s1 s2 s3
	load tcp 80 --conns 6 --exchanges 4 "${masked[@]}"
	check "$what: marked TCP is served" all_served 6
	check "$what: by each server" spread "2 2 2"
	load tcp 8080 --conns 6 --exchanges 4 "${masked[@]}"
	check "$what: on another port too" all_served 6
	load udp 53 --conns 6 --exchanges 4 "${masked[@]}"
	check "$what: and marked UDP" all_served 6
	check "$what: all of it counts as the one service's" is "$(of_marked stats.conns)" 18
	check "$what: conn list tells what each connected to" is \
		"$(json '[.conns[] | "\(.protocol) \(.vip_address) \(.vip_port)"] | unique | join(", ")' conn list service "$MARKED")" \
		"tcp $VIP 80, tcp $VIP 8080, udp $VIP 53"
	load tcp 443 --timeout 300
	check "$what: what has no mark is not served" is "${R[conns]}" 0
	[[ $1 != fullnat ]] || check "$what: each has a local port" is "$(local_ports)" "6 6 6"
	weir conn kill service "$MARKED" >/dev/null
	check "$what: its connections can be killed by its key" conns_are 0
	[[ $1 != fullnat ]] || check "$what: and give their ports back" is "$(local_ports)" "0 0 0"
	weir service replace "$MARKED"
	load udp 53 --conns 2
	check "$what: without a server the client is told that the port is refused" \
		is "refused=${R[refused]} conns=${R[conns]}" "refused=2 conns=0"
	weir flush
}

order() {
	marked direct s1 s2
	service tcp 80
	servers direct tcp 80 s3
	service tcp any
	weir server add "$KEY" "${SERVER[s3]}"
	load tcp 80 --conns 4
	check "the mark comes before the port's own service" spread "2 2 0"
	load_start held tcp 80 --hold --conns 2
	mark_at mangle "$IP" daddr "$VIP" th dport 8080
	load tcp 80 --conns 4
	check "without the mark it is the port's own" spread "0 0 4"
	load_say held go
	check "a connection goes on where it began, whatever its later packets have" all_served 2
	check "with the servers of the mark" spread "1 1 0"
	load_end held
	load tcp 8080 --conns 4
	check "the mark comes before the service of all ports too" spread "2 2 0"
	weir flush
	# The other family's service of the same mark.
	if [[ $FAMILY == 4 ]]; then weir service add fwmark6:7; else weir service add fwmark:7; fi
	load tcp 8080 --timeout 300
	check "a mark is of one family" is "conns=${R[conns]} drops=$(drops no-server)" "conns=0 drops=$NO_SERVER"
	weir flush
}

# One that is addressed to the server itself, before others on the same way.
server_address() {
	local word="$IP daddr { $NEAR, ${SERVER[s1]} }"
	mark_at mangle "$word" udp dport 53
	marked direct s1
	packet clear
	packet send client front udp src="$CLIENT" sport=40500 dst="${SERVER[s1]}" dport=53
	check "a packet that is addressed to a server itself gets there" \
		arrives s1 udp dst="${SERVER[s1]}" dport=53 sport=40500
	load udp 53 --conns 3 --exchanges 3
	check "and others to the same server after it as well" all_served 3
	weir flush
}

untracked() {
	local before file
	if ! nft -f - <<END || [[ ! -r $COUNT ]]
table inet watch {
	chain in {
		type filter hook input priority 0
		iifname front0 th dport { 80, 53 } ct state new,established,invalid counter
	}
}
END
	then
		skip "marked packets stay untracked" "no nf_tables with conntrack here"
		return 0
	fi
	for file in /proc/sys/net/netfilter/nf_conntrack_{tcp,udp}_timeout*; do echo 1200 >"$file"; done
	before=$(<"$COUNT")
	marked nat s1 s2 s3
	mark_at mangle "$IP" daddr "$VIP"
	load tcp 80 --conns 5 --exchanges 4
	load udp 53 --conns 5 --exchanges 4
	check "marked after conntrack has looked, connections are served" all_served 5
	check "and leave no entry in conntrack" is "$(<"$COUNT")" "$before"
	mark_at raw "$IP" daddr "$VIP"
	tracked
	load tcp 80 --conns 5 --exchanges 4
	load udp 53 --conns 5 --exchanges 4
	check "marked before conntrack, they are served" all_served 5
	tracked
	check "and no packet is tracked" is "$TRACKED" 0
	nft delete table inet watch
	weir flush
}

# tracked: packets that the rule in the table watch has seen since the last time
tracked() {
	[[ $(nft list table inet watch) =~ packets\ ([0-9]+) ]]
	TRACKED=$((BASH_REMATCH[1] - ${SEEN:-0}))
	SEEN=${BASH_REMATCH[1]}
}

ingress() { # METHOD
	if ! nft -f - <<END
table netdev marks {
	chain early {
		type filter hook ingress device front0 priority -10
		$IP daddr $FAR meta mark set 7
	}
}
END
	then
		skip "$1: with hook ingress a mark set as packets enter the device is seen" "no nft netdev chains here"
		return 0
	fi
	VIP=$FAR
	marked "$1" s1 s2 s3
	weir service set "$MARKED" hook ingress
	load tcp 80 --conns 6 --exchanges 3
	check "$1: with hook ingress a mark set as packets enter the device is seen" all_served 6
	check "$1: and all packets are fast" all_fast "$MARKED"
	nft delete table netdev marks
	VIP=$NEAR
	to "$NEAR"
	load tcp 80 --conns 6 --exchanges 3
	check "$1: with hook ingress and a mark set by the host, the host meets the first packets" all_served 6
	weir flush
}

events() {
	service udp 53
	monitor_start udp 53
	weir service add "$MARKED"
	weir server add "$MARKED" "${SERVER[s1]}"
	check "an event tells of the service by its key" busywait 5 heard \
		"\"change\":\"added\".*\"key\":\"$MARKED\",\"fwmark\":7,\"family\":\"ipv$FAMILY\""
	check "and one of its server" busywait 5 heard "\"object\":\"server\",\"change\":\"added\".*\"$MARKED\""
	monitor_stop
	weir flush
}

body() {
	local method
	words_of_family
	for method in direct nat; do
		to "$NEAR"
		whatever "$method" "an address of the director"
		to "$FAR"
		whatever "$method" "an address of nobody"
		! on_fast_path || { nft delete table inet marks; ingress "$method"; }
	done
	to "$NEAR"
	whatever fullnat "an address of the director"
	to "$FAR"
	whatever fullnat "an address of nobody"
	to "$NEAR"
	NO_SERVER=$(drops no-server)
	order
	server_address
	untracked
	events
	nft delete table inet marks
}

far_addresses | "$LAB"
ip -6 rule add fwmark 7 lookup 100
ip -6 route add local ::/0 dev lo table 100
taps client front s1
for_each_family body
