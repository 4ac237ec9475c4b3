#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Devices under the fast path: VLAN and macvlan towards clients, bridge and bond
# towards servers, which come while there are services; packets are met at the
# device that has the address, not at one below it. Devices that go while packets
# pass, ways that change under flows that are fast, and a server that is unplugged.
#
# Runs once: it is about the fast path (route.sh tries ways that change on both).
# Needs two processors: packets pass while devices go.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"
# shellcheck source=tests/lib/fast.sh
. "${0%/*}/../lib/fast.sh"

ROUNDS=20

# passed DEVICE: packets since the last time, in RX and TX
declare -A PASSED=()
passed() {
	local line
	local -a now before
	while read -r line; do
		[[ $line != "$1":* ]] || read -ra now <<<"${line#*:}"
	done </proc/net/dev
	read -ra before <<<"${PASSED[$1]:-0 0}"
	RX=$((now[1] - before[0])) TX=$((now[9] - before[1]))
	PASSED[$1]="${now[1]} ${now[9]}"
}

# The front's addresses, on these devices of client and director.
front_to() { # CLIENT-DEVICE DIRECTOR-DEVICE
	cat <<END
@$CLIENT_NS
addr flush dev $FRONT_CLIENT scope global
neigh flush dev $FRONT_CLIENT
addr add 192.0.2.1/24 dev $1
addr add 2001:db8::1/64 dev $1 nodad
@$DIRECTOR_NS
addr flush dev $FRONT scope global
addr add 192.0.2.2/24 dev $2
addr add 192.0.2.10/32 dev $2
addr add 2001:db8::2/64 dev $2 nodad
addr add 2001:db8::10/128 dev $2 nodad
END
	FRONT_CLIENT=$1 FRONT=$2
}

# The director's addresses towards the servers, on this device.
back_to() { # DEVICE
	cat <<END
@$DIRECTOR_NS
addr flush dev $BACK scope global
addr add 198.51.100.1/24 dev $1
addr add 2001:db8:1::1/64 dev $1 nodad
END
	BACK=$1
}

FRONT_CLIENT=front0 FRONT=front0 BACK=back0

# lab FUNCTION WORD...: what it prints, done (in this shell, for its variables)
lab() {
	"$@" >"$TMP/lab"
	"$LAB" <"$TMP/lab"
}

# traffic WHERE [in|out DEVICE]: every method and protocol is served, fast, through
# the device
traffic() {
	local method protocol port what
	for method in nat direct; do
		for protocol in tcp udp; do
			[[ $protocol == tcp ]] && port=80 || port=53
			what="$protocol, $method, $1"
			service "$protocol" "$port"
			servers "$method" "$protocol" "$port" s1
			busywait 5 reaches "$protocol" "$port" || :
			load_start held "$protocol" "$port" --hold --exchanges 3
			counted "$protocol" "$port"
			[[ $# == 1 ]] || passed "$3"
			load_say held "go $ROUNDS"
			check "$what: a flow is answered" all_served 1
			counted "$protocol" "$port"
			check "$what: all its packets are fast" is "fast $FAST slow $SLOW" "fast $((IN + OUT)) slow 0"
			[[ $# == 1 ]] || through "$what" "$method" "$2" "$3"
			load_end held
			weir service remove "$(key "$protocol" "$port")"
			unset "TOTAL[$protocol$port]"
		done
	done
}

reaches() { load "$1" "$2" --timeout 500; all_served 1; }

through() { # WHAT METHOD in|out DEVICE
	passed "$4"
	if [[ $3 == in ]]; then
		check "$1: requests come in through $4" atleast "$RX" "$ROUNDS"
	else
		check "$1: requests leave through $4" atleast "$TX" "$ROUNDS"
		[[ $2 == direct ]] || check "$1: replies come in through $4" atleast "$RX" "$ROUNDS"
	fi
}

vlan() {
	if ! ip link add vlan7 link front0 type vlan id 7; then
		skip "a VLAN" "no VLAN devices here"
		return
	fi
	ip link set vlan7 up
	inside client ip link add vlan7 link front0 type vlan id 7
	inside client ip link set vlan7 up
	lab front_to vlan7 vlan7
	traffic "on a VLAN" in vlan7
	gone_under_traffic vlan7
	lab front_to front0 front0
	inside client ip link del vlan7
}

# The clients' device goes while they speak.
gone_under_traffic() { # DEVICE
	service udp 53
	servers nat udp 53 s1
	load_start running udp 53 --forever --parallel 4 --pause 5 --timeout 300
	check "udp, nat: packets pass before $1 goes" busywait 5 answered 50
	at_once "deleting $1 under traffic" ip link del "$1"
	FRONT=front0
	check "udp, nat: the director goes on when it goes" busywait 5 timed_out
	load_end running
	weir service remove "$(key udp 53)"
	unset "TOTAL[udp53]"
}

# at_once WHAT COMMAND...: does not wait for somebody to let go of a device
at_once() {
	"${@:2}" {PAUSE_FD}>&- &
	check "$1 is done at once" busywait 5 ended $!
}

ended() { ! kill -0 "$1"; }

# answered COUNT: more than $SINCE
SINCE=0
answered() { load_say running report; atleast "${R[answers]}" $((SINCE + $1)); }
timed_out() { load_say running report; atleast "${R[failed]}" 4; }

macvlan() {
	if ! ip link add macvlan0 link front0 type macvlan mode bridge; then
		skip "a macvlan" "no macvlan devices here"
		return
	fi
	ip link set macvlan0 up
	lab front_to front0 macvlan0
	traffic "on a macvlan" in macvlan0
	lab front_to front0 front0
	ip link del macvlan0
}

bridge() {
	ip -batch - <<'END'
link add bridge0 type bridge forward_delay 0 mcast_snooping 0
link set back0 master bridge0
link set bridge0 up
END
	lab back_to bridge0
	traffic "by a bridge" out bridge0
	# Were a port met by itself, packets would not come to the bridge at all.
	ip link set back0 nomaster
	lab back_to back0
	ip link del bridge0
	traffic "by what was a port of a bridge" out back0
}

bond() {
	if ! ip link add bond0 type bond mode active-backup miimon 100; then
		skip "a bond" "no bonding here"
		return
	fi
	ip -batch - <<'END'
link set back0 down
link set back0 master bond0
link set bond0 up
END
	lab back_to bond0
	traffic "by a bond" out bond0
	ip -batch - <<'END'
link set back0 nomaster
link set back0 up
END
	lab back_to back0
	ip link del bond0
}

vrf_drops_since() { atleast $(($(drops vrf) - $1)) 1; }

# What comes in a VRF: Weir knows no routes of it, and sends nothing by those of others.
vrf() {
	local before hook
	if ! ip link add vrf0 type vrf table 77; then
		skip "a VRF" "no VRF devices here"
		return
	fi
	ip link set vrf0 up
	ip link set front0 master vrf0
	# Which has taken its IPv6 addresses away.
	lab front_to front0 front0
	for hook in host ingress; do
		service udp 53 hook "$hook"
		servers nat udp 53 s1
		before=$(drops vrf)
		packet clear
		packet send client front udp src="$CLIENT" sport=40600 dst="$VIP" dport=53
		check "hook $hook: a datagram that comes in a VRF is dropped by that name" \
			busywait 5 vrf_drops_since "$before"
		check "hook $hook: it is not sent by the routes of another table" is "$(conns_held)" 0
		weir service remove "$(key udp 53)"
	done
	ip link set front0 nomaster
	lab front_to front0 front0
	ip link del vrf0
	traffic "by what was a port of a VRF" in front0
}

# A second way from the director to the switch.
second_way() {
	cat <<END
@$DIRECTOR_NS
link add back1 index 61 type veth peer name director1 index 62 netns $SWITCH_NS
link set back1 up
addr add 198.51.100.2/32 dev back1
addr add 2001:db8:1::2/128 dev back1 nodad
@$SWITCH_NS
link set director1 master br0
link set director1 up
END
}

# How the way goes that packets take.
way_goes() { # WHAT COMMAND...
	local what=$1
	shift
	lab second_way
	ip route add "${SERVER[s1]}" dev back1
	service udp 53
	servers nat udp 53 s1
	SINCE=0
	load_start running udp 53 --forever --parallel 4 --pause 5 --timeout 500
	check "udp, nat: packets take the way that is to be $what" busywait 5 answered 50
	passed back1
	check "udp, nat: through its device" atleast "$TX" 50
	at_once "having it $what under traffic" "$@"
	load_say running report
	SINCE=${R[answers]}
	check "udp, nat: when it is $what they take the other" busywait 10 answered 50
	SINCE=0
	load_end running
	counted udp 53
	load udp 53 --conns 2 --exchanges 10
	check "udp, nat: new flows do too" all_served 2
	counted udp 53
	check "udp, nat: and are fast" atleast "$FAST" 30
	weir service remove "$(key udp 53)"
	unset "TOTAL[udp53]" "PASSED[back1]"
}

# most_fast PROMISE PROTOCOL PORT: a flow of it is, and answered
most_fast() {
	counted "$2" "$3"
	load_say "$2" "go $ROUNDS"
	check "$1: answered" all_served 1
	counted "$2" "$3"
	# A packet that finds a new way may have to wait for ARP or ND, slowly.
	check "$1: and stays fast" within "$SLOW" 0 4
	check "$1: all of it counted" atleast "$FAST" $((ROUNDS - 4))
}

# Flows that are fast follow routes and neighbours.
changes() { # METHOD
	lab second_way
	service tcp 80
	service udp 53
	servers "$1" tcp 80 s1
	servers "$1" udp 53 s1
	load_start tcp tcp 80 --hold --exchanges 2
	load_start udp udp 53 --hold --exchanges 2
	passed back0
	passed back1
	ip route add "${SERVER[s1]}" dev back1
	most_fast "tcp, $1: when the route changes" tcp 80
	most_fast "udp, $1: when the route changes" udp 53
	passed back1
	check "$1: all requests take the new way" atleast "$TX" $((2 * ROUNDS))
	passed back0
	check "$1: none takes the old one" atmost "$TX" 9
	ip route del "${SERVER[s1]}" dev back1
	passed back1
	most_fast "tcp, $1: when the route changes back" tcp 80
	most_fast "udp, $1: when the route changes back" udp 53
	passed back0
	check "$1: all requests take the old way" atleast "$TX" $((2 * ROUNDS))
	inside s1 ip link set back0 address "02:00:00:00:1$FAMILY:0${#1}"
	most_fast "tcp, $1: when the server's MAC address changes" tcp 80
	most_fast "udp, $1: when the server's MAC address changes" udp 53
	load_end tcp
	load_end udp
	ip link del back1
	weir service remove "$(key tcp 80)"
	weir service remove "$(key udp 53)"
	TOTAL=() PASSED=()
}

# A server that is unplugged, and in again.
unplugged() { # METHOD
	service udp 53
	servers "$1" udp 53 s1
	load_start held udp 53 --hold --exchanges 3 --from "$CLIENT" --sport 40500
	inside switch ip link set s1 down
	ip "-$FAMILY" neigh flush to "${SERVER[s1]}" dev back0
	packet clear
	counted udp 53
	packet send client front udp src="$CLIENT" sport=40500 dst="$VIP" dport=53
	# shellcheck disable=SC2086
	check "udp, $1: who sends to a server that no neighbour answers for is told so" \
		arrives client icmp dst="$CLIENT" $UNREACHABLE sums=ok quoted=udp qsrc="$CLIENT" qsport=40500 \
		qdst="$VIP" qdport=53
	counted udp 53
	check "udp, $1: by the slow path" is "in $IN fast $FAST" "in 1 fast 0"
	inside switch ip link set s1 up
	# The load repeats no datagram: what a link that comes up loses would end it.
	check "udp, $1: the server is back" busywait 10 ping -c 1 -W 1 "${SERVER[s1]}"
	check "udp, $1: the flow goes on when the server is back" busywait 10 goes held
	counted udp 53
	load_say held "go $ROUNDS"
	counted udp 53
	check "udp, $1: and is fast again" is "conns ${R[conns]} slow $SLOW" "conns 1 slow 0"
	load_end held
	weir service remove "$(key udp 53)"
	TOTAL=()
}

goes() { load_say "$1" go; all_served 1; }

body() {
	local method
	[[ $FAMILY == 4 ]] && UNREACHABLE="type=3 code=1" || UNREACHABLE="type=1 code=3"
	# So that devices come while there are services.
	service udp 9999
	vlan
	macvlan
	bridge
	bond
	vrf
	way_goes deleted ip link del back1
	way_goes "moved to another namespace" ip link set back1 netns "$SWITCH_NS"
	inside switch ip link del director1
	for method in nat direct; do
		changes "$method"
		unplugged "$method"
	done
	TOTAL=()
}

"$LAB" <<END
@${NS[s1]}
= net/ipv4/conf/all/arp_notify 1
= net/ipv6/conf/all/ndisc_notify 1
@$DIRECTOR_NS
= net/ipv4/neigh/back0/retrans_time_ms 200
= net/ipv6/neigh/back0/retrans_time_ms 200
END
packet tap client "$CLIENT_NS" front0
packet tap front "$DIRECTOR_NS" front0
for_each_family body
