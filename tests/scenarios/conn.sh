#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The connections of a director: listing them, all or by service, server and
# client, and ending them by the same filters.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

# listed [WORD...]: how many connections a filter finds
listed() { json '.conns | length' conn list "$@"; }

# client_addr NUMBER: the client's address of that number, for a filter
client_addr() {
	local address=${CLIENTS%1}$1
	if [[ $FAMILY == 6 ]]; then echo "[$address]"; else echo "$address"; fi
}

server_addr() {
	if [[ $FAMILY == 6 ]]; then echo "[${SERVER[$1]}]"; else echo "${SERVER[$1]}"; fi
}

body() {
	local first
	service tcp 80 scheduler rr
	service udp 53 scheduler rr
	servers nat tcp 80
	servers direct udp 53 s1 s2
	load_start tcp tcp 80 --hold --conns 9 --parallel 1 --from "$CLIENTS" --sources 3
	load_start udp udp 53 --hold --conns 4 --parallel 1 --from "$CLIENTS" --sources 2

	check "without a filter all are listed" is "$(listed)" 13
	check "by service: only its own" is "$(listed service "$(key udp 53)")" 4
	check "by server: those of every service of that address" is "$(listed server "$(server_addr s1)")" 5
	check "by server and port: only those of that port" is "$(listed server "$(addr s1 8080)")" 3
	check "by client: only its own" is "$(listed client "$(client_addr 3)")" 3
	check "by service and client: those of both" \
		is "$(listed service "$(key tcp 80)" client "$(client_addr 1)")" 3
	check "a filter that nothing matches lists nothing" is "$(listed server "$(server_addr s3)" service "$(key udp 53)")" 0

	first=$(json '.conns[0] | "\(.service) \(.method) \(.state) \(.server_port) \(.expires > 0)"' \
		conn list service "$(key tcp 80)")
	check "a connection of TCP is shown with service, method, state and port" \
		is "$first" "$(key tcp 80) nat established 8080 true"
	first=$(json '.conns[0] | "\(.service) \(.method) \(.state) \(.client_address)"' \
		conn list service "$(key udp 53)" client "$(client_addr 2)")
	check "a flow of UDP is shown with service, method and client" \
		is "$first" "$(key udp 53) direct none ${CLIENTS%1}2"
	check "counts of a server are those of the list" is "$(held_by tcp 80 s2)" 3

	check "killing by client ends its connections and tells how many" \
		is "$(weir conn kill service "$(key tcp 80)" client "$(client_addr 2)")" "killed 3"
	check "the others are still there" is "$(listed)" 10
	load_say tcp go
	check "only what was killed is reset" is "reset=${R[reset]} conns=${R[conns]} moved=${R[moved]}" "reset=3 conns=6 moved=0"
	check "killing by server ends its connections" \
		is "$(json .killed conn kill server "$(addr s1 53)")" 2
	load_say udp go
	check "UDP goes on, as new flows" is "${R[conns]} ${R[failed]}" "4 0"
	check "killing by a filter that nothing matches ends none" \
		is "$(weir conn kill client "$(client_addr 9)")" "killed 0"
	weir conn kill all >/dev/null
	check "killing all leaves none" conns_are 0
	check "and counts of servers are 0" is "$(held_by tcp 80 s2) $(held_by udp 53 s1)" "0 0"
	load_end tcp
	load_end udp
}

for_each_family body
