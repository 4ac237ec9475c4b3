#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# conns-max: the namespace never holds more connections than that. What would go
# past it is dropped and counted under that name, connections that exist go on,
# and when some end there is room again.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

body() {
	local protocol=$1 port=$2 before
	weir config set conns-max 10
	service "$protocol" "$port" scheduler rr timeout tcp-closed 1s timeout tcp-fin 3s
	servers nat "$protocol" "$port"
	load_start held "$protocol" "$port" --hold --conns 10
	check "$protocol: as many connections as conns-max are served" all_served 10
	before=$(drops conns-max)
	load "$protocol" "$port" --conns 5 --timeout 200
	check "$protocol: connections past the limit are not served" is "${R[conns]} ${R[timeout]}" "0 5"
	check "$protocol: each packet dropped for it is counted as conns-max" \
		atleast $(($(drops conns-max) - before)) 5
	check "$protocol: no more than conns-max are held" is "$(conns_held)" 10
	load_say held "go 3"
	check "$protocol: connections that exist go on at the limit" all_served 10
	load_end held
	weir conn kill all >/dev/null
	check "$protocol: the limit leaves room when connections end" busywait 5 conns_are 0
	load "$protocol" "$port" --conns 8
	check "$protocol: then new connections are served" all_served 8
	weir config set conns-max 20
	weir flush
	service "$protocol" "$port" scheduler rr
	servers nat "$protocol" "$port"
	load_start held "$protocol" "$port" --hold --conns 20
	check "$protocol: a limit that is raised holds at once" all_served 20
	load_end held
	weir flush
}

# Ending by themselves, without being killed, leaves room too.
recovers() {
	weir config set conns-max 5
	service tcp 80 scheduler rr timeout tcp-closed 1s timeout tcp-fin 3s
	servers nat tcp 80
	load tcp 80 --conns 5
	check "tcp: the limit counts connections that are closing" is "${R[conns]}" 5
	check "tcp: when they are collected there is room again" busywait 6 conns_are 0
	load tcp 80 --conns 5
	check "tcp: for as many as before" all_served 5
	weir flush
}

for_each_family body tcp 80
for_each_family body udp 53
for_each_family recovers
