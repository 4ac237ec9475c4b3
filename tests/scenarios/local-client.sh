#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Clients that are programs on the director itself, of servers elsewhere: small and
# large, and refused at once where no server could answer them: from a loopback
# address, and with direct from the service's own.
#
# Runs once: what the host sends and gets itself never takes the fast path.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

at() { if [[ $FAMILY == 4 ]]; then echo "$1:$2"; else echo "[$1]:$2"; fi; }

# own PROTOCOL PORT OPTION...: a load from the director
own() { CLIENT_NS=$DIRECTOR_NS load "$@"; }

served() { # METHOD
	local size
	size=$(scaled 300000)
	service tcp 80 scheduler rr
	servers "$1" tcp 80
	service udp 53 scheduler rr
	servers "$1" udp 53
	packet clear
	own tcp 80 --conns 9 --exchanges 5 --size 100 --reply 200 --from "$DIRECTOR_BACK"
	check "tcp, $1: the director's own connections are served" all_served 9
	check "tcp, $1: every server gets its third" is "${R[s1]} ${R[s2]} ${R[s3]}" "3 3 3"
	own tcp 80 --conns 3 --size "$size" --reply "$size" --from "$DIRECTOR_BACK"
	check "tcp, $1: $size bytes arrive intact in each direction" all_served 3
	packet biggest s1 tcp
	check "tcp, $1: super-packets left the director whole" atleast "$SAID" 3000
	own udp 53 --conns 6 --exchanges 5 --size 1400 --reply 1400 --from "$DIRECTOR_BACK"
	check "udp, $1: the director's own datagrams are served" all_served 6
	check "udp, $1: and counted, each once" is "$(of_service udp 53 stats.packets_in stats.packets_out)" \
		"30 $([[ $1 == nat ]] && echo 30 || echo 0)"
	own udp 53 --conns 3 --size 4000 --reply 4000 --from "$DIRECTOR_BACK"
	check "udp, $1: datagrams of several fragments arrive" all_served 3
	own tcp 80 --conns 3 --close rst --from "$DIRECTOR_BACK"
	check "tcp, $1: connections that are reset disturb no others" all_served 3
	weir flush
}

# refused_at_once WHAT PROTOCOL PORT OPTION...: and counted as local-client
refused_at_once() {
	local what=$1
	shift
	drops_mark
	own "$@" --conns 2 --timeout 4000
	check "$what: is not served" is "${R[conns]}" 0
	check "$what: is told so, it need not wait" is "${R[timeout]}" 0
	drops_grown local-client
	check "$what: is counted as local-client" atleast "$GROWN" 2
}

refusals() {
	local method
	for method in direct nat; do
		service tcp 80
		servers "$method" tcp 80
		refused_at_once "tcp, $method: a client on a loopback address" tcp 80 --from "$LOOPBACK"
		weir flush
	done
	service tcp 80
	servers direct tcp 80
	refused_at_once "tcp, direct: a client on the service's own address" tcp 80 --from "$VIP"
	weir flush
	service udp 53
	servers direct udp 53
	drops_mark
	own udp 53 --from "$LOOPBACK"
	check "udp, direct: a client on a loopback address is not served" is "${R[conns]}" 0
	check "udp, direct: its datagram is counted as local-client" drops_grow local-client 1
	weir flush
}

# A service on a loopback address: the director's own business.
loopback_service() {
	local VIP=$LOOPBACK
	service tcp 80 scheduler rr
	weir server add "$KEY" "$(at "$VIP" 80)" method local
	weir server add "$KEY" "$(at "$DIRECTOR_BACK" 8080)" method nat
	own tcp 80 --conns 6 --exchanges 3
	check "a service on a loopback address is served by the director, local and nat" all_served 6
	check "and both have their half" is "$(json '[.services[0].servers[].stats.conns] | join(" ")' show "$KEY" interval 0)" "3 3"
	weir flush
	service tcp 80
	server add nat tcp 80 s1
	refused_at_once "a service on a loopback address with a server elsewhere" tcp 80
	weir flush
}

body() {
	local method LOOPBACK=::1
	[[ $FAMILY == 6 ]] || LOOPBACK=127.0.0.1
	for method in nat direct; do served "$method"; done
	refusals
	loopback_service
}

# Replies of direct servers reach the director by its own link, and come from what is
# its own address too.
"$LAB" <<END
@$DIRECTOR_NS
= net/ipv4/conf/back0/accept_local 1
END
for name in s1 s2 s3; do
	inside "$name" ip route add 198.51.100.0/24 dev back0 table 10
done
servers_start director
taps s1
for_each_family body
