#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Services of all ports: whatever port of the VIP a client connects to, as long as the
# port has no service of its own. The port stays the client's, unless a server of the
# method nat has one.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

# any METHOD PROTOCOL NAME...: a service of all ports with these servers, without a port
any() {
	local name words=()
	service "$2" any scheduler rr
	for name in "${@:3}"; do words+=(server "${SERVER[$name]}" method "$1"); done
	weir service replace "$KEY" "${words[@]}"
}

# spread WANT: the last load's connections, by server
spread() { is "${R[s1]} ${R[s2]} ${R[s3]}" "$1"; }

vip_ports() { json '[.conns[].vip_port] | unique | join(" ")' conn list service "$(key "$1" any)"; }

served() { # METHOD PROTOCOL PORT PORT
	local what="$2, $1"
	any "$1" "$2" s1 s2 s3
	load "$2" "$3" --conns 6 --exchanges 3
	check "$what: port $3 is served" all_served 6
	check "$what: by each server" spread "2 2 2"
	load "$2" "$4" --conns 6 --exchanges 3
	check "$what: so is port $4" all_served 6
	check "$what: by each server, in turn" spread "2 2 2"
	check "$what: conn list tells which port" is "$(vip_ports "$2")" "$4 $3"
	check "$what: show names the service and its servers without a port" \
		matches "$(weir show "$KEY" interval 0)" "$2:\[?$VIP\]?:any .* ${SERVER[s1]} "
	check "$what: it is the service that * means" weir service set "${KEY%any}*" scheduler rr
	weir conn kill service "$KEY" >/dev/null
	check "$what: its connections can be killed by its key" conns_are 0
	weir flush
	load "$2" "$3" --timeout 300
	check "$what: without it the port is not served" is "${R[conns]}" 0
}

exact() { # METHOD
	local all
	any "$1" tcp s1 s2
	service tcp 80
	servers "$1" tcp 80 s3
	load tcp 80 --conns 4
	check "tcp, $1: a port's own service comes before that of all ports" spread "0 0 4"
	load tcp 8080 --conns 4
	check "tcp, $1: which has the others" spread "2 2 0"
	all=$(of_service tcp any stats.conns)
	check "tcp, $1: each counts its own" is "$all $(of_service tcp 80 stats.conns)" "4 4"
	load udp 53 --timeout 300
	check "tcp, $1: another protocol is none of its ports" is "${R[conns]}" 0
	weir service remove "$(key tcp 80)"
	load tcp 80 --conns 4
	check "tcp, $1: without its own service the port is one of all" spread "2 2 0"
	weir flush
}

ports_of_servers() {
	service tcp any scheduler rr
	weir server add "$KEY" "$(addr s1 8080)" method nat
	load tcp 4321 --conns 3
	check "tcp, nat: a server with a port gets all ports there" all_served 3
	weir flush
	any nat udp s1
	load udp 9 --conns 2
	check "udp, nat: a port on which the server does not listen is refused to the client as the port it knows" \
		is "refused=${R[refused]} conns=${R[conns]}" "refused=2 conns=0"
	weir flush
}

ingress() { # METHOD
	any "$1" tcp s1 s2 s3
	weir service set "$KEY" hook ingress
	load tcp 8080 --conns 6 --exchanges 3
	check "tcp, $1: with hook ingress its ports are served" all_served 6
	check "tcp, $1: and all packets are fast" all_fast "$KEY"
	weir flush
}

body() {
	local method
	for method in direct nat; do
		served "$method" tcp 8080 80
		served "$method" udp 5353 53
		exact "$method"
		! on_fast_path || ingress "$method"
	done
	ports_of_servers
}

for_each_family body
