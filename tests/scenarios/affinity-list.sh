#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The entries of affinity as an operator sees them: listed and removed, all or by
# service, server and client; their limit; and long lists while clients and
# services come and go.
#
# Runs once: its flows are of one packet, which is slow in any case.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

entries() { json '.affinity | length' affinity list "$@"; }
entries_are() { is "$(entries "${@:2}")" "$1"; }

# client_addr NUMBER: the client's address of that number, for a filter
client_addr() {
	if [[ $FAMILY == 4 ]]; then echo "${CLIENTS%1}$1"; else printf '[%s%x]\n' "${CLIENTS%1}" "$1"; fi
}

# clients COUNT PROTOCOL PORT: a connection from each of so many clients, one by one
clients() {
	load "$2" "$3" --from "$CLIENTS" --sources "$1" --conns "$1" --parallel 1
	[[ ${R[conns]} == "$1" ]]
}

listed() {
	local text
	service tcp 80 scheduler rr affinity 10m
	service udp 53 scheduler rr affinity 1h
	servers nat tcp 80
	servers direct udp 53 s1 s2
	clients 6 tcp 80
	clients 4 udp 53
	check "without a filter all are listed" entries_are 10
	check "by service: only its own" entries_are 4 service "$(key udp 53)"
	check "by server and port: only those of that port" entries_are 2 server "$(addr s1 8080)"
	check "by server: those of every service of that address" entries_are 4 server "$(addr s1 80 | sed 's/:80$//')"
	check "by client: its own of every service" entries_are 2 client "$(client_addr 3)"
	check "by client and service: one" entries_are 1 client "$(client_addr 3)" service "$(key tcp 80)"
	check "by a client that is not remembered: none" entries_are 0 client "$(client_addr 9)"
	check "by a service that does not exist: none" entries_are 0 service "$(key tcp 81)"
	text=$(json '.affinity[] | "\(.client_address) \(.service) \(.server_port) \(.expires > 400000 and .expires <= 601000) \(.call_id)"' \
		affinity list client "$(client_addr 5)" service "$(key tcp 80)")
	check "an entry is shown with client, service, server and what is left of it" \
		is "$text" "${CLIENTS%1}5 $(key tcp 80) 8080 true null"
	text=$(weir affinity list client "$(client_addr 5)" service "$(key tcp 80)")
	check "so it is without JSON" matches "$text" "CLIENT.*${CLIENTS%1}5 .* (9m[0-9]+s|10m) +-$"
	text=$(weir show "$(key tcp 80)" interval 0)
	check "show tells the option and the number of entries" \
		matches "$text" "hook host affinity 10m"$'\n'".*affinity entries 6 limit 1048576 evicted 0"

	text=$(json ".affinity[].server_address" affinity list client "$(client_addr 2)" service "$(key tcp 80)")
	check "removing by client and service tells how many" \
		is "$(weir affinity remove client "$(client_addr 2)" service "$(key tcp 80)")" "removed 1"
	check "the others are still there" entries_are 9
	weir affinity remove client "$(client_addr 1)" >/dev/null
	check "a client that is forgotten is the scheduler's to place" fails same_server_again "$text" 2
	text=$(json '.affinity | length' affinity list server "$(addr s1 53)")
	check "removing by server removes its entries" \
		is "$(json .removed affinity remove server "$(addr s1 53)")" "$text"
	check "and no others" entries_are $((8 - text))
	check "removing what nothing matches removes none" is "$(weir affinity remove client "$(client_addr 9)")" "removed 0"
	weir affinity remove all >/dev/null
	check "removing all leaves none" entries_are 0
	weir flush
}

# same_server_again ADDRESS NUMBER: whether a client comes to that server
same_server_again() {
	load tcp 80 --from "${CLIENTS%1}$2"
	is "$(json ".affinity[].server_address" affinity list client "$(client_addr "$2")" service "$(key tcp 80)")" "$1"
}

limit() {
	service udp 53 scheduler rr affinity 1h affinity-limit 10
	servers nat udp 53
	clients 30 udp 53
	check "no more clients are remembered than the limit says" entries_are 10
	check "each that had to go is counted" is "$(of_service udp 53 affinity.count affinity.evicted)" "10 20"
	check "those who came last are remembered" entries_are 1 client "$(client_addr 21)"
	check "those who came before are not" entries_are 0 client "$(client_addr 20)"
	clients 30 udp 53
	check "they are served all the same" is "${R[conns]} ${R[failed]}" "30 0"
	weir service set "$(key udp 53)" affinity-limit 3
	check "with a smaller limit the first go at once" busywait 5 entries_are 3
	check "the last stay" entries_are 1 client "$(client_addr 30)"
	check "those are counted too" is "$(of_service udp 53 affinity.count affinity.evicted)" "3 57"
	weir flush
}

# What all services together remember is bounded too, whatever their own limits are.
bound() {
	weir config set affinity-max 12
	service udp 53 scheduler rr affinity 1h
	service tcp 80 scheduler rr affinity 1h
	servers nat udp 53
	servers nat tcp 80
	clients 8 udp 53
	clients 8 tcp 80
	check "affinity-max: no more clients are remembered by all services together" entries_are 12
	check "affinity-max: it is told where conns-max is" is \
		"$(json '"\(.affinity) \(.affinity_max)"' stats) $(json .affinity_max config show)" "12 12 12"
	check "affinity-max: who makes room is of the same service, and counted" is \
		"$(of_service udp 53 affinity.count affinity.evicted) $(of_service tcp 80 affinity.count affinity.evicted)" \
		"8 0 4 4"
	check "affinity-max: who came last is remembered" entries_are 1 client "$(client_addr 8)" service "$(key tcp 80)"
	check "affinity-max: and who came first is not" entries_are 0 client "$(client_addr 1)" service "$(key tcp 80)"
	clients 3 udp 53
	check "affinity-max: who is remembered takes no more room" entries_are 12
	weir affinity remove service "$(key tcp 80)" >/dev/null
	weir config set affinity-max 8
	clients 2 tcp 80
	check "affinity-max: a service that has none remembers none, and serves" is \
		"${R[conns]} $(of_service tcp 80 affinity.count affinity.evicted)" "2 0 6"
	weir config set affinity-max 5
	clients 2 udp 53
	clients 12 udp 53
	check "affinity-max: a lower one is come down to by those who are new" is "$(of_service udp 53 affinity.count)" 5
	weir flush
	check "affinity-max: a flush gives all of it back" is "$(json .affinity stats)" 0
	weir config set affinity-max 1048576
}

# lists WORD... = OBJECTS: so many, none of them twice, and the list was not interrupted
lists() {
	packet dump affinity-get "${@:1:$#-2}"
	matches "$SAID" "^objects=${*: -1} duplicates=0 interrupted=0 "
}

# shellcheck disable=SC2171 # the words of a request
long() {
	local churn=10.9.0.1 text=''
	[[ $FAMILY == 4 ]] || churn=2001:db8:100:0:9::1
	service tcp 80 scheduler rr affinity 1h
	service udp 53 scheduler rr affinity 1h
	servers nat tcp 80
	servers nat udp 53
	clients 200 tcp 80
	clients 200 udp 53
	check "400 entries are listed, each once" busywait 5 lists = 400
	check "it took the kernel several messages" fails matches "$SAID" "parts=1 "
	check "by service: its own" busywait 5 lists service[ protocol=u8:17 address=ip:"$VIP" port=be16:53 ] = 200
	check "while services come and go, all are listed once" busywait 5 lists churn "$churn" = 400
	check "others did come and go meanwhile" matches "$SAID" "churned=0"
	weir service set "$(key udp 53)" affinity-limit 30
	load_start many udp 53 --forever --parallel 8 --pause 5 --from "$CLIENTS" --sources 150
	for _ in 1 2 3 4 5; do
		packet dump affinity-get service[ protocol=u8:17 address=ip:"$VIP" port=be16:53 ]
		[[ $SAID == *" duplicates=0 "* || $SAID == *" interrupted=1 "* ]] || text+=" $SAID"
	done
	check "while clients come and go none is listed twice without a word of it" is "$text" ""
	check "entries of another service are listed once meanwhile" \
		lists service[ protocol=u8:6 address=ip:"$VIP" port=be16:80 ] = 200
	load_end many
	weir flush
	check "after a flush none is left" lists = 0
}

body() {
	listed
	limit
	bound
	long
}

for_each_family body
