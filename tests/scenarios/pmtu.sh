#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Path MTU. A server behind a link with a smaller MTU than the client's, where the
# director must say so; and a client behind a router with a smaller MTU, whose
# words to the VIP the director must pass on to the server, which alone can act
# on them:
#
#	far ---- client (as a router) ---- director ---- switch ---- s1
#	   1300                                    1300
#
# Every transfer is compared byte by byte at both ends.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

MTU=1300

words_of_family() {
	if [[ $FAMILY == 4 ]]; then
		TOO_BIG="type=3 code=4" FAR=198.18.0.2 HEADER=20
	else
		TOO_BIG="type=2 code=0" FAR=2001:db8:9::2 HEADER=40
	fi
}

# A namespace behind the client; what the client routes to it is at most $MTU large.
far_up() {
	NS[far]=far-$SUFFIX
	"$LAB" <<END
netns add ${NS[far]}
@$CLIENT_NS
= net/ipv4/ip_forward 1
= net/ipv6/conf/all/forwarding 1
link add far0 type veth peer name front0 netns ${NS[far]}
link set far0 up
addr add 198.18.0.1/32 dev far0
addr add 2001:db8:9::1/128 dev far0 nodad
route add 198.18.0.2/32 dev far0 mtu $MTU
route add 2001:db8:9::2/128 dev far0 mtu $MTU
@${NS[far]}
= net/ipv6/conf/all/accept_dad 0
link set lo up
link set front0 up
addr add 198.18.0.2/24 dev front0
addr add 2001:db8:9::2/64 dev front0 nodad
route add default via 198.18.0.1
route add default via 2001:db8:9::1
@$DIRECTOR_NS
route add 198.18.0.0/24 via 192.0.2.1
route add 2001:db8:9::/64 via 2001:db8::1
END
	# Servers of the method direct answer by the client's other leg.
	inside s1 ip -batch - <<END
route add 198.18.0.0/24 via 198.51.100.100 table 10
END
}

# forget WHO: what it has learned of paths
forget() { inside "$1" ip "-$FAMILY" route flush cache; }

# too_big_said METHOD: a datagram that may not be fragmented, and what comes back
too_big_said() {
	packet clear
	drops_mark
	packet send client front udp src="$CLIENT" sport=40000 dst="$VIP" dport=53 df \
		payload=$((MTU + 1 - HEADER - 8))
	# shellcheck disable=SC2086
	check "udp, $1: a datagram of $((MTU + 1)) bytes is answered by an error that tells the MTU $MTU" \
		arrives client icmp dst="$CLIENT" $TOO_BIG rest="$MTU" sums=ok quoted=udp qsrc="$CLIENT" \
		qsport=40000 qdst="$VIP" qdport=53
	check "udp, $1: and counted as too-big" drops_grow too-big 1
	packet send client front udp src="$CLIENT" sport=40000 dst="$VIP" dport=53 df \
		payload=$((MTU - HEADER - 8))
	check "udp, $1: one of $MTU bytes passes" arrives s1 udp sport=40000 size="$MTU" sums=ok
	check "udp, $1: the one larger did not" arrived 0 s1 udp sport=40000 size=$((MTU + 1))
}

# The client learns, and what it sends then gets through.
client_learns() { # METHOD
	drops_mark
	packet clear
	load tcp 80 --size "$SIZE" --reply 2000
	check "tcp, $1: $SIZE bytes to the server arrive, all of them intact, once the client has learned the MTU" all_served 1
	check "tcp, $1: it had to learn it" has_grown too-big
	check "tcp, $1: the server got no segment larger than that" atmost "$(biggest s1 tcp)" "$MTU"
	# With the MTU known the client fragments by itself, and IPv6 leaves it no other way.
	load udp 53 --conns 2 --size 4000 --reply 100
	check "udp, $1: datagrams larger than the MTU arrive in the fragments that the client makes" all_served 2
}

has_grown() { drops_grown "$1"; atleast "$GROWN" 1; }
biggest() { packet biggest "$@"; echo "$SAID"; }

# IPv4 that may be fragmented on the way is.
director_fragments() { # METHOD
	inside client bash -c 'echo 1 >/proc/sys/net/ipv4/ip_no_pmtu_disc'
	packet clear
	load udp 53 --conns 2 --exchanges 2 --size 1400 --reply 1400
	check "udp, $1: datagrams of 1400 bytes that may be fragmented arrive intact" all_served 2
	check "udp, $1: in two fragments each" arrived 4 s1 udp fragment=0 more
	check "udp, $1: none larger than the MTU" atmost "$(biggest s1)" "$MTU"
	inside client bash -c 'echo 0 >/proc/sys/net/ipv4/ip_no_pmtu_disc'
}

# A smaller MTU behind the director.
behind() { # METHOD
	service tcp 80
	servers "$1" tcp 80 s1
	service udp 53
	servers "$1" udp 53 s1
	ip route add "${SERVER[s1]}" dev back0 mtu "$MTU"
	too_big_said "$1"
	forget client
	[[ $FAMILY == 6 ]] || director_fragments "$1"
	forget client
	client_learns "$1"
	ip route del "${SERVER[s1]}" dev back0
	forget client
	packet clear
	load tcp 80 --size "$SIZE" --reply 2000
	check "tcp, $1: when the route has its MTU again the next connection uses it" \
		is "$(biggest s1 tcp)" 1500
	weir flush
}

# A smaller MTU between client and director, for what the server sends.
before_it() { # METHOD
	service tcp 80
	servers "$1" tcp 80 s1
	packet clear
	CLIENT_NS=${NS[far]} load tcp 80 --size 100 --reply "$SIZE"
	check "tcp, $1: $SIZE bytes to a client behind a smaller MTU arrive, all of them intact" all_served 1
	# shellcheck disable=SC2086
	if [[ $1 == nat ]]; then
		check "tcp, $1: because the server was told, about packets as it sent them" \
			arrives s1 icmp dst="${SERVER[s1]}" $TOO_BIG rest="$MTU" sums=ok quoted=tcp \
			qsrc="${SERVER[s1]}" qsport=8080 qdst="$FAR"
	else
		check "tcp, $1: because the server was told, in the words that were sent to the VIP" \
			arrives s1 icmp dst="$VIP" $TOO_BIG rest="$MTU" sums=ok quoted=tcp \
			qsrc="$VIP" qsport=80 qdst="$FAR"
	fi
	inside s1 ip "-$FAMILY" route flush cache
	weir flush
}

body() {
	words_of_family
	SIZE=$(scaled 200000)
	behind nat
	behind direct
	before_it nat
	before_it direct
}

far_up
taps client front s1
# So that s1 sees segments, as on a real wire.
packet offload "$DIRECTOR_NS" back0 tso off
packet offload "$DIRECTOR_NS" back0 gso off
for_each_family body
