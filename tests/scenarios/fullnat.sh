#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Full NAT: requests get a server's address and port as their destination and one of
# the service's local addresses as their source, so that replies come back to the
# director without any route: here no server has a route to a client, and the director
# forwards nothing by itself. Every port of a local address serves a connection to each
# server, the last one too.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

PORT=40000	# of the client, where it matters
PORTS=64512	# of a local address
MTU=1300

words_of_family() {
	if [[ $FAMILY == 4 ]]; then
		LOCAL1=198.51.100.2 LOCAL2=198.51.100.3 NOBODY=198.51.100.77 NOBODY_KEY=198.51.100.77
		ROUTER=192.0.2.77 TOO_BIG="type=3 code=4" UNREACHABLE="type=3 code=1" OTHER=2001:db8:1::2
		MULTICAST=224.0.0.1 LOOPBACK=127.0.0.1 MORE=203.0.113.50 LATER=203.0.113.60
	else
		LOCAL1=2001:db8:1::2 LOCAL2=2001:db8:1::3 NOBODY=2001:db8:1::77 NOBODY_KEY="[2001:db8:1::77]"
		ROUTER=2001:db8::77 TOO_BIG="type=2 code=0" UNREACHABLE="type=1 code=3" OTHER=198.51.100.2
		MULTICAST=ff02::1 LOOPBACK=::1 MORE=2001:db8:2::50 LATER=2001:db8:2::60
	fi
}

# Local addresses for the director, and no way to clients for the servers.
lab_changes() {
	local name
	cat <<END
@$DIRECTOR_NS
= net/ipv4/ip_forward 0
= net/ipv6/conf/all/forwarding 0
addr add 198.51.100.2/32 dev back0
addr add 198.51.100.3/32 dev back0
addr add 2001:db8:1::2/128 dev back0 nodad
addr add 2001:db8:1::3/128 dev back0 nodad
END
	for name in s1 s2 s3; do
		echo "@${NS[$name]}"
		echo "route del default via 198.51.100.1"
		echo "route del default via 2001:db8:1::1"
	done
}

# masked PROTOCOL PORT OPTION...: a load whose servers must not see the client; whom
# they saw is in $TMP/map, "NAME ADDRESS PORT"
masked() { load "$@" --masked --map "$TMP/map"; }

# seen_as ADDRESS...: how often servers saw each, for the last load
seen_as() {
	local address said=''
	for address; do said+=" $(awk -v a="$address" '$2 == a { n++ } END { print n + 0 }' "$TMP/map")"; done
	echo "${said# }"
}

# ports_used PROTOCOL PORT NAME
ports_used() { of_server "$1" "$2" "$3" ports_used; }
ports_used_are() { is "$(ports_used "$1" "$2" "$3")" "$4"; }

exchanges() { # PROTOCOL
	local protocol=$1
	service "$protocol" 443 scheduler rr local-addresses "$LOCAL1,$LOCAL2"
	servers fullnat "$protocol" 443
	masked "$protocol" 443 --conns 30 --exchanges 10 --size 100 --reply 200
	check "$protocol: all of 30 connections with 10 exchanges are answered from the VIP, intact, and no server sees the client" \
		all_served 30
	check "$protocol: every server gets its third" is "${R[s1]} ${R[s2]} ${R[s3]}" "10 10 10"
	check "$protocol: servers see the local addresses, each as often" is "$(seen_as "$LOCAL1" "$LOCAL2")" "15 15"
	check "$protocol: no two connections to a server have the same address and port" \
		is "$(sort "$TMP/map" | uniq -d)" ""
	check "$protocol: the service counts exactly the connections made" \
		is "$(of_service "$protocol" 443 stats.conns)" 30
}

# A request is 20 bytes and its payload, an answer 52; UDP adds 8, IP 20 or 40.
datagrams_counted() {
	local ip=$((FAMILY == 4 ? 20 : 40))
	check "udp: every packet and byte is counted, in both directions" \
		is "$(of_service udp 443 stats.packets_in stats.bytes_in stats.packets_out stats.bytes_out)" \
		"300 $((300 * (ip + 8 + 20 + 100))) 300 $((300 * (ip + 8 + 52 + 200)))"
}

transfers() {
	local size
	size=$(scaled 2000000)
	masked tcp 443 --size "$size" --reply "$size"
	check "tcp: $size bytes arrive intact in each direction" all_served 1
	masked udp 443 --conns 4 --exchanges 5 --size 1400 --reply 1400
	check "udp: large datagrams arrive intact in each direction" all_served 4
	masked udp 443 --conns 2 --exchanges 2 --size 4000 --reply 4000
	check "udp: fragmented ones too" all_served 2
	masked tcp 443 --conns 12 --exchanges 3 --close rst
	check "tcp: connections that clients reset end without disturbing others" all_served 12
	masked tcp 443 --conns 12 --exchanges 3 --close server
	check "tcp: connections that servers close first are closed cleanly" all_served 12
}

states() {
	service tcp 443 scheduler rr local-addresses "$LOCAL1"
	servers fullnat tcp 443 s1
	load_start held tcp 443 --hold --masked --conns 3
	check "tcp: the handshake is seen from both sides" \
		is "$(json '[.conns[].state] | unique | join(" ")' conn list)" established
	check "tcp: conn list tells the local address of each" \
		is "$(json '[.conns[].local_address] | unique | join(" ")' conn list)" "$LOCAL1"
	check "tcp: a port of it is in use for each" ports_used_are tcp 443 s1 3
	check "tcp: show tells so, of how many" matches "$(weir show "$(key tcp 443)" interval 0)" "used 3 of $PORTS"
	load_end held
	check "tcp: after both sides have closed, the state is time-wait" \
		busywait 5 states_are time-wait
	weir conn kill all >/dev/null
	check "tcp: when they have ended, none is" ports_used_are tcp 443 s1 0
	masked tcp 443 --timeout 3000
	weir conn kill all >/dev/null
	cp "$TMP/map" "$TMP/before"
	masked tcp 443 --timeout 3000
	check "tcp: the next connection does not get the port that has just been given back" \
		isnt "$(<"$TMP/map")" "$(<"$TMP/before")"
	weir flush
}

states_are() { is "$(json '[.conns[].state] | unique | join(" ")' conn list)" "$1"; }

# Two services whose servers are the same have the same reply tuples to share.
shared() {
	local port
	drops_mark
	for port in 443 444; do
		service tcp "$port" scheduler rr local-addresses "$LOCAL1"
		servers fullnat tcp "$port" s1
		load_start "of$port" tcp "$port" --hold --masked --conns 20
		check "tcp: 20 connections of the service $port are served" all_served 20
	done
	check "tcp: services that share a server and a local address share its ports" \
		is "$(ports_used tcp 443 s1) $(ports_used tcp 444 s1)" "40 40"
	check "tcp: and no two connections clash" drops_grow tuple-clash 0
	weir service remove "$(key tcp 444)"
	check "tcp: when one of the services is removed its ports are free" ports_used_are tcp 443 s1 20
	load_say of443 "go 2"
	check "tcp: the other's connections go on" all_served 20
	load_end of443
	load_end of444
	weir flush
}

# The pool changes while connections use it.
pool_changes() { # PROTOCOL
	local protocol=$1 round
	service "$protocol" 443 scheduler rr local-addresses "$LOCAL1"
	servers fullnat "$protocol" 443
	load_start held "$protocol" 443 --hold --masked --conns 9
	weir service set "$(key "$protocol" 443)" local-addresses "$LOCAL2"
	check "$protocol: an address added has all its ports free" ports_used_are "$protocol" 443 s1 0
	masked "$protocol" 443 --conns 6
	check "$protocol: new connections have the address that is there now" \
		is "${R[conns]} $(seen_as "$LOCAL1" "$LOCAL2")" "6 0 6"
	load_say held "go 3"
	check "$protocol: connections keep an address that is taken away" all_served 9
	weir service set "$(key "$protocol" 443)" local-addresses "$LOCAL2,$LOCAL1"
	check "$protocol: when it comes back the ports they have are still in use" ports_used_are "$protocol" 443 s1 5
	weir service set "$(key "$protocol" 443)" local-addresses "$LOCAL2"
	load_end held
	weir conn kill all >/dev/null
	load_start run "$protocol" 443 --forever --masked --parallel 8
	for ((round = 0; round < 4; round++)); do
		weir service set "$(key "$protocol" 443)" local-addresses "$LOCAL1"
		weir service set "$(key "$protocol" 443)" local-addresses "$LOCAL2,$LOCAL1"
	done
	busywait 10 eval 'load_say run report && ((R[conns] >= 20))' || :
	load_end run
	check "$protocol: no connection fails while addresses come and go" \
		is "failed=${R[failed]} wrong=${R[wrong]} moved=${R[moved]}" "failed=0 wrong=0 moved=0"
	check "$protocol: and there were some" atleast "${R[conns]}" 20
	weir conn kill all >/dev/null
	check "$protocol: all ports are free at the end" ports_used_are "$protocol" 443 s1 0
	weir flush
}

# all_read NAME: nothing waits in the server's sockets
all_read() { is "$(inside "$1" ss -Huan "sport = :5353" | awk '{ waiting += $2 } END { print waiting + 0 }')" 0; }

# Errors in both directions speak of the packet as their receiver knows it.
errors() { # PROTOCOL
	local protocol=$1 local_port
	service "$protocol" 443 local-addresses "$LOCAL1"
	servers fullnat "$protocol" 443 s1
	load_start held "$protocol" 443 --hold --masked --from "$CLIENT" --sport "$PORT"
	local_port=$(json '.conns[0].local_port' conn list)
	packet clear
	# shellcheck disable=SC2086
	packet send client front icmp src="$ROUTER" dst="$VIP" $UNREACHABLE quote "$protocol" \
		src="$VIP" sport=443 dst="$CLIENT" dport="$PORT" flags=PA payload=64
	check "$protocol: an error about a reply reaches the server from the local address, about what the server sent" \
		arrives s1 icmp src="$LOCAL1" dst="${SERVER[s1]}" ttl=63 sums=ok qsums=ok "quoted=$protocol" \
		qsrc="${SERVER[s1]}" qsport="$BACKEND" qdst="$LOCAL1" qdport="$local_port"
	# shellcheck disable=SC2086
	packet send s1 back icmp src="${SERVER[s2]}" dst="$LOCAL1" $UNREACHABLE quote "$protocol" \
		src="$LOCAL1" sport="$local_port" dst="${SERVER[s1]}" dport="$BACKEND" flags=PA payload=64
	check "$protocol: an error about a request reaches the client from the VIP, about what the client sent" \
		arrives client icmp src="$VIP" dst="$CLIENT" ttl=63 sums=ok qsums=ok "quoted=$protocol" \
		qsrc="$CLIENT" qsport="$PORT" qdst="$VIP" qdport=443
	drops_mark
	# shellcheck disable=SC2086
	packet send s1 back icmp src="${SERVER[s2]}" dst="$LOCAL1" $UNREACHABLE sum=bad quote "$protocol" \
		src="$LOCAL1" sport="$local_port" dst="${SERVER[s1]}" dport="$BACKEND" flags=PA payload=64
	load_say held go
	check "$protocol: the connection goes on through it" all_served 1
	check "$protocol: an error with a wrong checksum is dropped" drops_grow icmp-checksum 1
	load_end held
	weir flush
}

biggest() { packet biggest "$@"; echo "$SAID"; }

# A smaller MTU on the way to the server, then to the client.
path_mtu() {
	local size
	size=$(scaled 200000)
	service tcp 443 local-addresses "$LOCAL1"
	servers fullnat tcp 443 s1
	ip route add "${SERVER[s1]}" dev back0 mtu "$MTU"
	packet clear
	masked tcp 443 --size "$size" --reply 2000
	check "tcp: $size bytes arrive intact through a smaller MTU towards the server" all_served 1
	check "tcp: the server got no segment larger than that" atmost "$(biggest s1 tcp)" "$MTU"
	ip route del "${SERVER[s1]}" dev back0
	inside client ip "-$FAMILY" route flush cache
	ip route add "$CLIENT" dev front0 mtu "$MTU"
	packet clear
	masked tcp 443 --size 100 --reply "$size"
	check "tcp: $size bytes arrive intact through a smaller MTU towards the client" all_served 1
	# shellcheck disable=SC2086
	check "tcp: because the server was told, about packets as it sent them" \
		arrives s1 icmp dst="${SERVER[s1]}" $TOO_BIG rest="$MTU" sums=ok quoted=tcp \
		qsrc="${SERVER[s1]}" qsport=8080 qdst="$LOCAL1"
	ip route del "$CLIENT" dev front0
	inside s1 ip "-$FAMILY" route flush cache
	weir flush
}

# local_port PORT: what the one connection to that port of the VIP has towards its server
local_port() { json ".conns[] | select(.vip_port == $1) | .local_port" conn list; }

# A service of all ports and one of a single port have the same replies to look for
# where their server and local address are the same, and each its own order of ports:
# here the ports that one comes to next are those that the other has.
crossing() {
	local first second ahead behind at
	service udp any timeout udp 1h local-addresses "$LOCAL1"
	weir server add "$KEY" "${SERVER[s1]}" method fullnat
	service udp 53 timeout udp 1h local-addresses "$LOCAL1"
	server add fullnat udp 53 s1
	masked udp 5353
	masked udp 53
	first=$(local_port 5353) second=$(local_port 53)
	# Whose ports come first counts as well: the shorter way is the faster one.
	ahead=5353 behind=53 at=$(((second - first + PORTS) % PORTS))
	((at <= PORTS / 2)) || ahead=53 behind=5353 at=$((PORTS - at))
	drops_mark
	packet flood client front $((at + 100)) udp src="$MORE" dst="$VIP" dport="$ahead"
	check "udp: $((at + 102)) flows are held" busywait 60 conns_are $((at + 102))
	# What a server has not read leaves no room for more.
	check "udp: the server has read what the flood brought" busywait 20 all_read s1
	masked udp "$behind" --conns 50
	check "udp: connections to a port that two services reach are all served" all_served 50
	check "udp: and no two clash" drops_grow tuple-clash 0
	weir flush
}

# Packets for nobody go to s1, which has no use for them.
nobody_up() {
	local mac
	mac=$(inside s1 ip -j link show dev back0 | gojq -r '.[0].address')
	ip neigh replace "$NOBODY" lladdr "$mac" dev back0 nud permanent
}

# The last port of an address, and one more.
exhausted() {
	local at
	nobody_up
	at=$(key udp 53)
	service udp 53 scheduler rr timeout udp 1h local-addresses "$LOCAL1"
	weir server add "$at" "$NOBODY_KEY:5353" method fullnat
	SERVER[nobody]=$NOBODY
	drops_mark
	packet flood client front $((PORTS + 100)) udp src="$CLIENTS" dst="$VIP" dport=53
	check "udp: $PORTS flows of one address to one server are held" busywait 60 conns_are "$PORTS"
	check "udp: the 100 datagrams that are left over are dropped as no-local-port" \
		busywait 10 drops_grow no-local-port 100
	check "udp: every port is in use" \
		is "$(of_server udp 53 nobody ports_used ports_max)" "$PORTS $PORTS"
	weir server set "$at" "$NOBODY_KEY:5353" weight 0
	server add fullnat udp 53 s1
	masked udp 53 --conns 10
	check "udp: the same address then serves another server, with ports that all are in use towards the first" \
		is "${R[s1]} ${R[failed]} ${R[wrong]} $(seen_as "$LOCAL1")" "10 0 0 10"
	check "udp: ports are counted for each server" ports_used_are udp 53 s1 10
	server remove fullnat udp 53 s1 policy keep
	weir server set "$at" "$NOBODY_KEY:5353" weight 1
	weir service set "$at" local-addresses "$LOCAL1,$LOCAL2"
	packet flood client front 10 udp src="$MORE" dst="$VIP" dport=53
	check "udp: with another address there is room again" busywait 10 ports_used_are udp 53 nobody $((PORTS + 10))
	check "udp: and nothing is dropped" drops_grow no-local-port 100
	weir service set "$at" local-addresses "$LOCAL1"
	packet flood client front 5 udp src="$MORE" dst="$VIP" dport=53
	check "udp: flows known are not concerned when that is taken away" drops_grow no-local-port 100
	weir conn kill client "$CLIENTS" >/dev/null
	check "udp: ports of connections that end are free at once" busywait 10 ports_used_are udp 53 nobody $((PORTS - 10000))
	packet flood client front 20 udp src="$LATER" dst="$VIP" dport=53
	check "udp: and taken by others" busywait 10 ports_used_are udp 53 nobody $((PORTS - 10000 + 20))
	weir flush
}

ingress() { # PROTOCOL
	local in out fast
	service "$1" 443 hook ingress scheduler rr local-addresses "$LOCAL1,$LOCAL2"
	servers fullnat "$1" 443
	masked "$1" 443 --conns 12 --exchanges 3
	check "$1: with hook ingress 12 connections are served" all_served 12
	read -r in out fast <<<"$(of_service "$1" 443 stats.packets_in stats.packets_out stats.packets_fast)"
	check "$1: and all their packets are fast" is "$fast" $((in + out))
	weir flush
}

# refused SENTENCE ARG...: and the service is as before
refused() {
	local before after said status=0
	before=$(weir -j show interval 0)
	said=$(weir "${@:2}" 2>&1) || status=$?
	after=$(weir -j show interval 0)
	is "$status $said" "1 weir: $1" && is "$after" "$before"
}

refusals() {
	local at many='' i
	at=$(key tcp 443)
	service tcp 443
	check "fullnat is refused without local addresses" \
		refused "method fullnat needs local-addresses, and the service has none (method fullnat)" \
		server add "$at" "$(addr s1 8080)" method fullnat
	weir service set "$at" local-addresses "$LOCAL1"
	server add fullnat tcp 443 s1
	check "no local addresses are refused while a server has fullnat" \
		refused "method fullnat needs local-addresses, and a server of the service has the method (local-addresses none)" \
		service set "$at" local-addresses none
	check "conntrack on is refused while a server has fullnat" \
		refused "conntrack on and method fullnat exclude each other, and a server of the service has the method (conntrack on)" \
		service set "$at" conntrack on
	check "an address of the other family is refused" \
		refused "local addresses and service must be of the same address family (local-addresses $OTHER)" \
		service set "$at" local-addresses "$OTHER"
	check "an address that is given twice is refused" \
		refused "a local address is given twice (local-addresses $LOCAL2,$LOCAL2)" \
		service set "$at" local-addresses "$LOCAL2,$LOCAL2"
	check "the unspecified address is refused" \
		refused "a local address must be a unicast address (local-addresses $ANY)" \
		service set "$at" local-addresses "$ANY"
	check "a multicast address is refused" \
		refused "a local address must be a unicast address (local-addresses $MULTICAST)" \
		service set "$at" local-addresses "$MULTICAST"
	check "a loopback address is refused" \
		refused "a loopback or link-local address cannot be a local address (local-addresses $LOOPBACK)" \
		service set "$at" local-addresses "$LOOPBACK"
	for ((i = 1; i <= 64; i++)); do
		if [[ $FAMILY == 4 ]]; then many+=",198.51.100.$((100 + i))"; else many+=",2001:db8:1::$((100 + i))"; fi
	done
	check "64 local addresses are taken" weir service set "$at" local-addresses "${many#,}"
	check "and listed" is "$(json '.services[0].local_addresses | length' show "$at" interval 0)" 64
	weir server set "$at" "$(addr s1 8080)" method nat
	check "without fullnat they can be emptied" weir service set "$at" local-addresses none
	check "and are gone" is "$(json '.services[0].local_addresses | length' show "$at" interval 0)" 0
	weir service set "$at" conntrack on local-addresses "$LOCAL1"
	check "fullnat is refused with conntrack on" \
		refused "method fullnat and conntrack on exclude each other, since conntrack would see two flows where there is one (method fullnat)" \
		server set "$at" "$(addr s1 8080)" method fullnat
	weir flush
}

body() {
	words_of_family
	exchanges tcp
	exchanges udp
	datagrams_counted
	transfers
	weir flush
	states
	shared
	pool_changes tcp
	pool_changes udp
	errors tcp
	errors udp
	path_mtu
	if on_fast_path; then
		# First packets are slow in any case, and these loads are nothing else.
		refusals
		crossing
		exhausted
		ingress tcp
		ingress udp
	fi
}

lab_changes | "$LAB"
taps client front s1 back
packet offload "$DIRECTOR_NS" back0 tso off
packet offload "$DIRECTOR_NS" back0 gso off
for_each_family body
