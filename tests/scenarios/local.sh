#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Servers that are programs on the director itself: with method local, with nat to
# an address of the director's own, and with direct to one, which lets a director be
# one of its own servers. Beside servers elsewhere, and for clients that are programs
# on the director too.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

# at ADDRESS PORT: as weir spells them
at() { if [[ $FAMILY == 4 ]]; then echo "$1:$2"; else echo "[$1]:$2"; fi; }

# here METHOD PROTOCOL PORT: adds the director to the servers of the service
here() {
	local address=$DIRECTOR_BACK
	[[ $1 != local ]] || address=$VIP
	set_backend "$1" "$2" "$3"
	[[ $1 == nat ]] || BACKEND=$3
	set_key "$2" "$3"
	weir server add "$KEY" "$(at "$address" "$BACKEND")" method "$1"
}

# counts PROTOCOL PORT IN OUT: packets of a service of UDP are counted, each once
counts() { is "$(of_service "$1" "$2" stats.packets_in stats.packets_out stats.packets_fast)" "$3 $4 0"; }

# from WHERE: who the loads' client is
from() {
	FROM=()
	LOADER=$CLIENT_NS
	[[ $1 != director ]] || { LOADER=$DIRECTOR_NS; FROM=(--from "$DIRECTOR_FRONT"); }
	[[ $1 != loopback ]] || { LOADER=$DIRECTOR_NS; FROM=(--from "$LOOPBACK"); }
}

alone() { # METHOD CLIENT
	local size out=0
	from "$2"
	[[ $1 != nat ]] || out=30
	service tcp 80
	service udp 53
	here "$1" tcp 80
	here "$1" udp 53
	size=$(scaled 300000)
	CLIENT_NS=$LOADER load tcp 80 --conns 6 --exchanges 5 --size 100 --reply 200 "${FROM[@]}"
	check "tcp, $1: the director answers $2" is "${R[director]} ${R[failed]} ${R[wrong]}" "6 0 0"
	check "tcp, $1: and counts its connections for $2" is "$(of_service tcp 80 stats.conns)" 6
	CLIENT_NS=$LOADER load tcp 80 --size "$size" --reply "$size" "${FROM[@]}"
	check "tcp, $1: $size bytes arrive intact in each direction for $2" all_served 1
	CLIENT_NS=$LOADER load udp 53 --conns 6 --exchanges 5 --size 1400 --reply 1400 "${FROM[@]}"
	check "udp, $1: the director answers $2" is "${R[director]} ${R[failed]} ${R[wrong]}" "6 0 0"
	check "udp, $1: every packet of $2 is counted, once, and none as fast" counts udp 53 30 "$out"
	weir flush
}

mixed() { # METHOD PROTOCOL PORT
	service "$2" "$3" scheduler rr
	here "$1" "$2" "$3"
	server add direct "$2" "$3" s1
	server add nat "$2" "$3" s2
	load "$2" "$3" --conns 9 --exchanges 4
	check "$2, $1: the director gets its share beside servers elsewhere" \
		is "${R[director]} ${R[s1]} ${R[s2]} ${R[failed]} ${R[wrong]}" "3 3 3 0 0"
	weir flush
}

# What nobody listens for is refused, and the refusal comes from the VIP.
closed() { # PROTOCOL
	service "$1" 443
	weir server add "$(key "$1" 443)" "$(at "$DIRECTOR_BACK" 444)" method nat
	load "$1" 443
	check "$1, nat: a port of the director's that is closed is refused in the service's name" \
		is "${R[refused]}" 1
	weir flush
}

# Where the host has no say in first packets; what ingress forwards counts as fast.
ingress() {
	service tcp 443 hook ingress
	weir server add "$(key tcp 443)" "$(at "$DIRECTOR_BACK" 8080)" method nat
	load tcp 443 --conns 3 --exchanges 3
	check "tcp, nat, hook ingress: the director answers" is "${R[director]} ${R[failed]} ${R[wrong]}" "3 0 0"
	weir flush
}

# The address of a service that is another host's by the director's routes: its own
# programs reach the service all the same.
elsewhere() { # PROTOCOL PORT
	local VIP=$FAR
	service "$1" "$2"
	here nat "$1" "$2"
	CLIENT_NS=$DIRECTOR_NS load "$1" "$2" --conns 3 --exchanges 3 --from "$DIRECTOR_FRONT"
	check "$1, nat: the director answers itself at an address that is routed elsewhere" \
		is "${R[director]} ${R[failed]} ${R[wrong]}" "3 0 0"
	weir flush
}

leaves() { # METHOD
	service tcp 80
	here "$1" tcp 80
	load_start held tcp 80 --hold --conns 3
	check "tcp, $1: connections to the director are held" all_served 3
	weir server remove "$(key tcp 80)" "$(at "$([[ $1 == local ]] && echo "$VIP" || echo "$DIRECTOR_BACK")" "$BACKEND")" policy reset
	load_say held "go 1"
	check "tcp, $1: they are reset when the director is removed with policy reset" is "${R[reset]}" 3
	load_end held
	weir flush
}

body() {
	local method protocol LOOPBACK=::1 FAR=2001:db8:f::10
	[[ $FAMILY == 6 ]] || LOOPBACK=127.0.0.1 FAR=198.19.0.10
	for method in local nat direct; do
		alone "$method" client
		alone "$method" director
		mixed "$method" tcp 80
		mixed "$method" udp 53
	done
	alone local loopback
	ip route add "$FAR" via "$CLIENT"
	elsewhere tcp 80
	elsewhere udp 53
	for protocol in tcp udp; do closed "$protocol"; done
	! on_fast_path || ingress
	leaves local
	leaves nat
}

servers_start director
for_each_family body
