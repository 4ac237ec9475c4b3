#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Services with hook ingress: even first packets are taken as they enter a device.
# The service's address is none of the director's, which has no route to it either;
# the client has one to the director. Rules of the firewall and conntrack never see
# such a flow, and whatever can be said of its packets is said all the same.
#
# Runs once: all packets of such a service are fast, and the switch is no matter to it.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

VIP4=198.19.0.10
VIP6=2001:db8:f::10

nft -f - <<'END' || skip_all "no nf_tables here"
table inet watch {
	counter seen { }
	chain before {
		type filter hook prerouting priority -300
		meta l4proto { tcp, udp } iifname front0 counter name seen
		meta l4proto { tcp, udp } th sport { 8080, 5353 } counter name seen
	}
	chain in {
		type filter hook input priority 0
		meta l4proto { tcp, udp } iifname front0 counter name seen
		meta l4proto { tcp, udp } th sport { 8080, 5353 } counter name seen
	}
	chain through {
		type filter hook forward priority 0
		meta l4proto { tcp, udp } iifname front0 counter name seen
		meta l4proto { tcp, udp } th sport { 8080, 5353 } counter name seen
	}
}
END

# Requests, and replies of the method nat. (A server that does not know the MAC address
# of the client's other leg yet sends the first one of the method direct by its other
# default route, which is the director.)
# rules_saw: TCP and UDP packets that a rule has seen since the last time, in SEEN
rules_saw() {
	[[ $(nft reset counter inet watch seen) =~ packets\ ([0-9]+) ]]
	SEEN=${BASH_REMATCH[1]}
}

addresses() {
	local name
	echo "@$CLIENT_NS"
	echo "route add $VIP4/32 via 192.0.2.2"
	echo "route add $VIP6/128 via 2001:db8::2"
	for name in s1 s2 s3; do
		cat <<END
@${NS[$name]}
addr add $VIP4/32 dev lo
addr add $VIP6/128 dev lo nodad
rule add from $VIP4 lookup 10
route add default from $VIP6 via 2001:db8:1::100
END
	done
}

words_of_family() {
	if [[ $FAMILY == 4 ]]; then
		VIP=$VIP4 NOPORT="type=3 code=3" NOROUTE="type=3 code=1" UNREACHABLE="type=3 code=1"
		EXCEEDED="type=11 code=0" TOO_BIG="type=3 code=4" ROUTER=192.0.2.77 HEADER=20
		NOBODY=198.51.100.99 NOBODY_KEY=198.51.100.99
	else
		VIP=$VIP6 NOPORT="type=1 code=4" NOROUTE="type=1 code=0" UNREACHABLE="type=1 code=3"
		EXCEEDED="type=3 code=0" TOO_BIG="type=2 code=0" ROUTER=2001:db8::77 HEADER=40
		NOBODY=2001:db8:1::99 NOBODY_KEY="[$NOBODY]"
	fi
}

# ingress PROTOCOL PORT WORD...: such a service
ingress() { service "$1" "$2" hook ingress "${@:3}"; }

# settled: no server waits for a last acknowledgement, for which it would ask again
settled() {
	local name
	for name in s1 s2 s3; do busywait 10 nobody_closes "$name" || :; done
}
nobody_closes() { [[ -z $(inside "$1" ss -Htn state last-ack) ]]; }

served() { # METHOD PROTOCOL PORT
	local what="$2, $1" tracked=0 file=/proc/sys/net/netfilter/nf_conntrack_count
	[[ ! -r $file ]] || tracked=$(<"$file")
	ingress "$2" "$3" scheduler rr
	servers "$1" "$2" "$3"
	settled
	rules_saw
	load "$2" "$3" --conns 30 --exchanges 5 --size 100 --reply 200
	check "$what: a service whose address is not the director's is served" all_served 30
	check "$what: by each of its servers" is "${R[s1]} ${R[s2]} ${R[s3]}" "10 10 10"
	rules_saw
	check "$what: no rule of prerouting, input or forward sees any of it" is "$SEEN" 0
	[[ ! -r $file ]] || check "$what: nor does conntrack" is "$(<"$file")" "$tracked"
	check "$what: each connection is counted" is "$(of_service "$2" "$3" stats.conns)" 30
	check "$what: all its packets are fast" all_fast "$(key "$2" "$3")"
	check "$what: show tells its hook" \
		is "$(json '.services[0].hook' show "$(key "$2" "$3")" interval 0)" ingress
	weir service set "$(key "$2" "$3")" hook host
	load "$2" "$3" --timeout 300
	check "$what: with hook host the same client is not served" is "${R[conns]}" 0
	rules_saw
	check "$what: and rules see its packets" atleast "$SEEN" 1
	weir service set "$(key "$2" "$3")" hook ingress
	load "$2" "$3" --conns 3
	check "$what: with hook ingress again it is" all_served 3
	weir flush
}

# What ends, begins anew and is large.
connections() { # METHOD
	local how size
	size=$(scaled 200000)
	ingress tcp 80 scheduler rr timeout tcp-closed 1s timeout tcp-fin 3s
	servers "$1" tcp 80
	for how in rst server; do
		load tcp 80 --conns 12 --exchanges 2 --parallel 1 --sport 33333 --from "$CLIENT" --close "$how"
		check "tcp, $1: connections from one port, one after the other, are all served (--close $how)" all_served 12
	done
	load tcp 80 --size "$size" --reply "$size"
	check "tcp, $1: $size bytes arrive intact in each direction" all_served 1
	check "tcp, $1: what has ended is collected" busywait 6 conns_are 0
	check "tcp, $1: all of it was fast" all_fast "$(key tcp 80)"
	weir flush
}

# An address of the director's own, beside a service that meets first packets there too.
own_address() { # METHOD
	words_of_family
	family "$FAMILY"
	ingress tcp 80
	servers "$1" tcp 80
	service udp 53
	servers "$1" udp 53
	rules_saw
	load tcp 80 --conns 6 --exchanges 3
	check "tcp, $1: an address that is the director's own is served as well" all_served 6
	rules_saw
	check "tcp, $1: and no rule sees it" is "$SEEN" 0
	load udp 53 --conns 6 --exchanges 3
	check "udp, $1: a service with hook host beside it is served" all_served 6
	rules_saw
	check "udp, $1: and rules see that one" atleast "$SEEN" 6
	weir flush
	words_of_family
}

# No servers; TCP that nobody knows; a server that is taken away.
refusals() { # METHOD
	ingress udp 53
	ingress tcp 80
	packet clear
	drops_mark
	packet send client front udp src="$CLIENT" sport=40300 dst="$VIP" dport=53
	# shellcheck disable=SC2086
	check "udp, $1: without a server the client is told that the port is unreachable" \
		arrives client icmp dst="$CLIENT" $NOPORT sums=ok quoted=udp qsrc="$CLIENT" qsport=40300 qdst="$VIP" qdport=53
	load tcp 80
	check "tcp, $1: and a connection is refused" is "refused=${R[refused]} conns=${R[conns]}" "refused=1 conns=0"
	drops_grown no-server
	check "$1: both are counted as no-server" atleast "$GROWN" 2
	weir flush

	ingress tcp 80 midstream reset
	servers "$1" tcp 80
	load_start held tcp 80 --hold --conns 3
	check "tcp, $1: connections are held" all_served 3
	drops_mark
	weir conn kill service "$(key tcp 80)" >/dev/null
	rules_saw
	packet clear client
	load_say held go
	check "tcp, $1: midstream reset: a connection that nobody knows gets a RST" \
		is "reset=${R[reset]} timeout=${R[timeout]}" "reset=3 timeout=0"
	drops_grown midstream-reset
	packet count client tcp sport=80 flags=R
	check "tcp, $1: counted as midstream-reset" within "$GROWN" 3 "$SAID"
	rules_saw
	check "tcp, $1: no rule sees its packets" is "$SEEN" 0
	load_end held
	weir service set "$(key tcp 80)" midstream drop
	load_start held tcp 80 --hold --conns 3 --timeout 1500
	weir conn kill service "$(key tcp 80)" >/dev/null
	load_say held go
	check "tcp, $1: midstream drop: it gets nothing" is "reset=${R[reset]} timeout=${R[timeout]}" "reset=0 timeout=3"
	load_end held
	weir service set "$(key tcp 80)" midstream pass
	load_start held tcp 80 --hold --conns 1 --timeout 1500
	weir conn kill service "$(key tcp 80)" >/dev/null
	load_say held go
	rules_saw
	check "tcp, $1: midstream pass: the host meets it" atleast "$SEEN" 1
	load_end held
	weir flush
}

policies() { # METHOD
	local name
	ingress tcp 80 scheduler rr
	ingress udp 53 scheduler rr
	servers "$1" tcp 80 s1
	servers "$1" udp 53 s1
	load_start held tcp 80 --hold --conns 3
	load_start heldu udp 53 --hold --conns 3
	for name in s2 s3; do
		server add "$1" tcp 80 "$name"
		server add "$1" udp 53 "$name"
	done
	server remove "$1" tcp 80 s1 policy reset
	server remove "$1" udp 53 s1 policy reset
	load_say held go
	check "tcp, $1: connections of a server removed with policy reset get a RST" is "reset=${R[reset]}" "reset=3"
	load_say heldu go
	check "udp, $1: flows of such a server go to another" \
		is "conns=${R[conns]} failed=${R[failed]} s1=${R[s1]}" "conns=3 failed=0 s1=0"
	load_end held
	load_end heldu
	weir flush
}

# Errors about flows, and packets that are to have one.
errors() { # METHOD
	local mtu=1300 to=$VIP port=53
	[[ $1 == direct ]] || to=${SERVER[s1]} port=5353
	ingress udp 53
	servers "$1" udp 53 s1
	load_start held udp 53 --hold --from "$CLIENT" --sport 40400
	packet clear
	# shellcheck disable=SC2086
	packet send client front icmp src="$ROUTER" dst="$VIP" $UNREACHABLE quote keep=20 udp \
		src="$VIP" sport=53 dst="$CLIENT" dport=40400 payload=64
	check "udp, $1: an error about what the client was sent reaches the server" \
		arrives s1 icmp src="$ROUTER" dst="$to" ttl=63 sums=ok quoted=udp qsrc="$to" qsport="$port" \
		qdst="$CLIENT" qdport=40400
	if [[ $1 == nat ]]; then
		# shellcheck disable=SC2086
		packet send s1 back icmp src="$ROUTER" dst="$CLIENT" $EXCEEDED quote keep=20 udp \
			src="$CLIENT" sport=40400 dst="$to" dport="$port" payload=64
		# shellcheck disable=SC2086
		check "udp, $1: an error about what the server was sent reaches the client, from the VIP" \
			arrives client icmp src="$VIP" dst="$CLIENT" $EXCEEDED sums=ok quoted=udp qsrc="$CLIENT" \
			qsport=40400 qdst="$VIP" qdport=53
	fi
	drops_mark
	packet send client front udp src="$CLIENT" sport=40401 dst="$VIP" dport=53 ttl=1
	# shellcheck disable=SC2086
	check "udp, $1: a datagram with a TTL of 1 is answered by an error" \
		arrives client icmp dst="$CLIENT" $EXCEEDED sums=ok quoted=udp qsport=40401 qdst="$VIP"
	check "udp, $1: and counted as ttl" drops_grow ttl 1
	check "udp, $1: and gets no further" arrived 0 s1 udp sport=40401
	ip route add "${SERVER[s1]}" dev back0 mtu "$mtu"
	packet send client front udp src="$CLIENT" sport=40402 dst="$VIP" dport=53 df payload=$((mtu + 1 - HEADER - 8))
	# shellcheck disable=SC2086
	check "udp, $1: one larger than the MTU behind the director too, which tells the MTU" \
		arrives client icmp dst="$CLIENT" $TOO_BIG rest="$mtu" sums=ok quoted=udp qsport=40402 qdst="$VIP"
	check "udp, $1: counted as too-big" drops_grow too-big 1
	ip route del "${SERVER[s1]}" dev back0
	inside client ip "-$FAMILY" route flush cache
	ip route add unreachable "${SERVER[s1]}"
	packet send client front udp src="$CLIENT" sport=40403 dst="$VIP" dport=53
	# shellcheck disable=SC2086
	check "udp, $1: one that no route leads on for, too" \
		arrives client icmp dst="$CLIENT" $NOROUTE sums=ok quoted=udp qsport=40403 qdst="$VIP"
	ip route del unreachable "${SERVER[s1]}"
	check "udp, $1: the flow goes on through all of it" busywait 5 goes held
	load_end held
	weir flush
}

goes() { load_say "$1" go; all_served 1; }

# A server that nobody has the address of; one that cannot be told of fragments.
nobody() { # METHOD
	local port=8080
	[[ $1 == nat ]] || port=80
	ingress tcp 80
	weir server add "$(key tcp 80)" "$NOBODY_KEY:$port" method "$1"
	ip "-$FAMILY" neigh flush to "$NOBODY" dev back0
	packet clear
	load tcp 80 --sport 47002
	check "tcp, $1: a connection to a server that does not answer ARP or ND is told so" \
		is "unreachable=${R[unreachable]} conns=${R[conns]}" "unreachable=1 conns=0"
	# shellcheck disable=SC2086
	check "tcp, $1: by an error about the packet as the client sent it" \
		arrives client icmp dst="$CLIENT" $UNREACHABLE sums=ok quoted=tcp qsrc="$CLIENT" qsport=47002 \
		qdst="$VIP" qdport=80
	inside s1 ip addr add "$NOBODY/$((FAMILY == 4 ? 32 : 128))" dev back0
	check "tcp, $1: when the server is there connections are served" busywait 10 connects
	inside s1 ip addr del "$NOBODY/$((FAMILY == 4 ? 32 : 128))" dev back0
	weir flush
}

connects() { load tcp 80; all_served 1; }

# Fragments are the host's to put together, and what it has put together is ours again.
fragments() { # METHOD
	ingress udp 53
	servers "$1" udp 53
	rules_saw
	load udp 53 --conns 6 --size 4000 --reply 4000 --exchanges 2
	check "udp, $1: datagrams in fragments are served, in each direction" all_served 6
	check "udp, $1: each counts once" is "$(of_service udp 53 stats.conns stats.packets_in)" "6 12"
	rules_saw
	check "udp, $1: no rule behind the chain that sees fragments sees them" within "$SEEN" 0 24
	load udp 53 --size 1000 --conns 3
	check "udp, $1: whole datagrams after them are served" all_served 3
	servers_gone "$1"
	drops_mark
	load udp 53 --size 4000 --timeout 1000
	check "udp, $1: of one that no server takes the client is told" is "refused=${R[refused]} conns=${R[conns]}" "refused=1 conns=0"
	check "udp, $1: it is counted as any other" drops_grow no-server 1
	weir flush
}

servers_gone() { # METHOD
	local name
	for name in s1 s2 s3; do server remove "$1" udp 53 "$name"; done
}

# refused SENTENCE COMMAND...: fails, and says so
refused() {
	local said
	! said=$(weir "${@:2}" 2>&1) || { echo "accepted"; return 1; }
	matches "$said" "$1"
}

# has FIELD VALUE: what the service has there
has() { is "$(of_service tcp 80 "$1")" "$2"; }

CONNTRACK="hook ingress and conntrack on exclude each other"
FAST="hook ingress and fast off exclude each other"
combinations() {
	local k
	k=$(key tcp 80)
	check "hook ingress with conntrack on is refused with a sentence" \
		refused "$CONNTRACK" service add "$k" hook ingress conntrack on
	check "hook ingress with fast off is refused with a sentence" \
		refused "$FAST" service add "$k" fast off hook ingress
	check "and leaves no service" fails weir show "$k" interval 0
	ingress tcp 80
	check "conntrack on is refused for a service with hook ingress" refused "$CONNTRACK" service set "$k" conntrack on
	check "and is not on" has conntrack false
	check "fast off is refused for a service with hook ingress" refused "$FAST" service set "$k" fast off
	check "and is not off" has fast true
	weir service set "$k" hook host conntrack on
	check "hook ingress is refused for a service with conntrack on" refused "$CONNTRACK" service set "$k" hook ingress
	weir service set "$k" conntrack off fast off
	check "hook ingress is refused for a service with fast off" refused "$FAST" service set "$k" hook ingress
	check "and its hook is still host" has hook host
	weir service set "$k" fast on hook ingress
	check "both changed at once are accepted" has hook ingress
	weir config set fast off
	servers nat tcp 80
	load tcp 80 --conns 3 --exchanges 3
	check "config set fast off makes no difference to hook ingress" all_served 3
	check "all its packets stay fast" all_fast "$(key tcp 80)"
	weir config set fast on
	weir flush
}

body() {
	local method
	words_of_family
	for method in nat direct; do
		served "$method" tcp 80
		served "$method" udp 53
		connections "$method"
		own_address "$method"
		policies "$method"
		errors "$method"
		nobody "$method"
		fragments "$method"
	done
	for method in nat direct; do refusals "$method"; done
	combinations
}

addresses | "$LAB"
"$LAB" <<END
@$CLIENT_NS
= net/ipv4/tcp_orphan_retries 1
@$DIRECTOR_NS
= net/ipv4/neigh/back0/retrans_time_ms 200
= net/ipv6/neigh/back0/retrans_time_ms 200
END
taps client front back s1
for_each_family body
