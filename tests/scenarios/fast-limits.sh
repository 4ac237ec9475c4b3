#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the fast path may take and what it leaves to the slow path, packet by packet:
# options, TTL, fragments, packets too large; and segments that devices cut and put
# together, which it takes whole.
#
# Runs once: it is about the fast path (gso.sh, headers.sh and pmtu.sh try both).

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"
# shellcheck source=tests/lib/fast.sh
. "${0%/*}/../lib/fast.sh"

watch || skip_all "no nf_tables here"

# send WORD...: a datagram of a flow that is fast
send() { packet send client front udp src="$CLIENT" sport=40200 dst="$VIP" dport=53 payload=64 "$@"; }

# takes PATH WHAT WORDS SEEN...: such a datagram goes fast or slow, and arrives like that
takes() {
	local path=$1 what=$2 sent=$3
	shift 3
	packet clear s1
	counted udp 53
	# shellcheck disable=SC2086
	send $sent
	check "udp, $METHOD: $what arrives" arrives s1 udp sport=40200 sums=ok "$@"
	counted udp 53
	if [[ $path == fast ]]; then
		check "udp, $METHOD: by the fast path" is "in $IN slow $SLOW" "in 1 slow 0"
	else
		check "udp, $METHOD: by the slow path" is "in $IN fast $FAST" "in 1 fast 0"
	fi
}

unusual() { # METHOD
	METHOD=$1
	service udp 53
	# Which does not answer what it does not know.
	servers "$1" udp 53 s1
	takes slow "the first datagram" ttl=9 ttl=8
	takes fast "a plain one, its TTL less by one," ttl=9 ttl=8
	takes fast "one with a TTL of 2" ttl=2 ttl=1
	if [[ $FAMILY == 4 ]]; then
		takes slow "one with IP options" options=8 options=8
	else
		takes slow "one with an extension header" ext=dst ext=1
		takes slow "one with a hop-by-hop header" ext=hop ext=1
	fi
	packet clear
	counted udp 53
	drops_mark
	send ttl=1
	# shellcheck disable=SC2086
	check "udp, $1: one with a TTL of 1 is answered by an error" \
		arrives client icmp dst="$CLIENT" $EXCEEDED sums=ok quoted=udp qsport=40200 qdst="$VIP"
	check "udp, $1: and counted as ttl" drops_grow ttl 1
	check "udp, $1: it did not reach the server" arrived 0 s1 udp sport=40200
	takes fast "the next plain one" ttl=9 ttl=8
	policies
	forget_all
}

# IPsec's policies, about this flow and about others.
policies() {
	local to=$VIP elsewhere=192.0.2.77
	[[ $METHOD == direct ]] || to=${SERVER[s1]}
	[[ $FAMILY == 4 ]] || elsewhere=2001:db8::77
	ip xfrm policy add dst "$elsewhere" dir out action block
	takes slow "where there are IPsec policies, one that none is about" ttl=9 ttl=8
	ip xfrm policy add dst "$to" dir out action block
	packet clear s1
	drops_mark
	send
	check "udp, $METHOD: one that an IPsec policy forbids is dropped" drops_grow no-route 1
	check "udp, $METHOD: it did not reach the server" arrived 0 s1 udp sport=40200
	ip xfrm policy flush
	takes fast "one after the policies have gone" ttl=9 ttl=8
}

# Datagrams in fragments.
fragments() { # METHOD
	service udp 53
	servers "$1" udp 53 s1
	load_start held udp 53 --hold --size 4000 --reply 100 --exchanges 1
	counted udp 53
	load_say held "go 10"
	check "udp, $1: datagrams in fragments are answered" all_served 1
	counted udp 53
	check "udp, $1: none of them is fast" is "in $IN slow $SLOW" "in 10 slow 10"
	load_end held
	forget_all
}

# offloads SENDERS GRO: whether super-packets come to the director, and are made by it
offloads() {
	local name
	for name in tso gso; do
		packet offload "$CLIENT_NS" front0 "$name" "$1"
		packet offload "${NS[s1]}" back0 "$name" "$1"
	done
	packet offload "$DIRECTOR_NS" front0 gro "$2"
	packet offload "$DIRECTOR_NS" back0 gro "$2"
}

transfer() { # METHOD WHAT
	packet clear
	load tcp 80 --size "$SIZE" --reply "$SIZE"
	check "tcp, $1, $2: $SIZE bytes arrive intact in each direction" all_served 1
	counted tcp 80
	check "tcp, $1, $2: nearly all packets are fast" within "$SLOW" 2 $((10 + (IN + OUT) / 20))
	check "tcp, $1, $2: and as many as there are segments" atleast "$FAST" $((SIZE / 1448))
}

transfers() { # METHOD
	service tcp 80
	servers "$1" tcp 80 s1
	offloads off off
	transfer "$1" "in segments"
	offloads off on
	transfer "$1" "put together by the director"
	offloads on off
	transfer "$1" "in super-packets"
	packet biggest s1 tcp
	check "tcp, $1: super-packets leave the fast path whole" atleast "$SAID" 3000
	packet offload "$DIRECTOR_NS" back0 tso off
	packet offload "$DIRECTOR_NS" back0 gso off
	transfer "$1" "cut on the way out"
	check "tcp, $1: to segments, where the device cannot send them" packet_is biggest s1 tcp = 1500
	packet offload "$DIRECTOR_NS" back0 tso on
	packet offload "$DIRECTOR_NS" back0 gso on
	forget_all
}

# A way to the server that becomes narrower while a flow uses it.
narrower() { # METHOD
	local mtu=1300
	service tcp 80
	servers "$1" tcp 80 s1
	load_start held tcp 80 --hold --size "$SIZE" --reply 2000
	counted tcp 80
	rules_saw
	drops_mark
	packet clear
	ip route add "${SERVER[s1]}" dev back0 mtu "$mtu"
	load_say held "go 2"
	check "tcp, $1: a transfer goes on when the MTU behind the director becomes smaller" all_served 1
	counted tcp 80
	rules_saw
	check "tcp, $1: packets too large left the fast path, so that rules saw them" atleast "$INPUT" 1
	drops_grown too-big
	check "tcp, $1: and were counted as too-big" atleast "$GROWN" 1
	# shellcheck disable=SC2086
	check "tcp, $1: the client heard of it" arrives client icmp dst="$CLIENT" $TOO_BIG rest="$mtu" \
		sums=ok quoted=tcp qdst="$VIP" qdport=80
	check "tcp, $1: the others stayed fast" is "slow $SLOW" "slow 0"
	load_say held go
	check "tcp, $1: and it goes on once the client has learned the MTU" all_served 1
	counted tcp 80
	check "tcp, $1: all fast again" is "$SLOW" 0
	load_end held
	ip route del "${SERVER[s1]}" dev back0
	inside client ip "-$FAMILY" route flush cache
	forget_all
}

body() {
	local method
	SIZE=$(scaled 200000)
	if [[ $FAMILY == 4 ]]; then
		EXCEEDED="type=11 code=0" TOO_BIG="type=3 code=4"
	else
		EXCEEDED="type=3 code=0" TOO_BIG="type=2 code=0"
	fi
	for method in nat direct; do
		unusual "$method"
		fragments "$method"
		transfers "$method"
		narrower "$method"
	done
}

taps client front s1
for_each_family body
