#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Long lists: 2000 services of 5 servers each, listed while others come and go,
# and 50 000 connections. What is there all the time is listed exactly once, and
# the kernel tells when something came or went meanwhile.
#
# Runs once: its flows are of one packet, which is slow in any case.
# Needs two processors: a list is made while others change what is listed.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

words_of_family() {
	if [[ $FAMILY == 4 ]]; then
		FIRST=10.0.0.1 CHURN=10.9.0.1 SINK=198.18.1.1
	else
		FIRST=2001:db8:100::1 CHURN=2001:db8:100:0:9::1 SINK=2001:db8:101::1
	fi
}

# How many there are where everything is slow: enough for several messages.
SERVICES=$((2000 / WEIR_LOAD_SCALE / WEIR_LOAD_SCALE))
((SERVICES > 200)) || SERVICES=200
# A multiple of the 10 000 ports that the flood takes of each client's address.
CONNS=$((50000 / WEIR_LOAD_SCALE / WEIR_LOAD_SCALE / 20000 * 20000 + 10000))

# lists COMMAND WORD... = OBJECTS INTERRUPTED: so many, none of them twice
lists() {
	local wanted=${*: -2:1} interrupted=${*: -1}
	packet dump "${@:1:$#-3}"
	matches "$SAID" "^objects=$wanted duplicates=0 interrupted=$interrupted "
}

# rests COMMAND WORD... = OBJECTS: the same, once the table of connections has the
# size for what it holds now
rests() {
	busywait 10 undisturbed "${@:1:$#-2}"
	matches "$SAID" "^objects=${*: -1} duplicates=0 interrupted=0 "
}
undisturbed() {
	packet dump "$@"
	[[ $SAID == *" interrupted=0 "* ]]
}

services() {
	local count=$SERVICES line found=0
	local -a lines
	packet fill "$count" 5 "$FIRST"
	check "$count services are listed, each once" lists service-get = "$count" 0
	check "it took the kernel several messages" fails matches "$SAID" "parts=1 "
	check "so are their servers, 5 each" lists server-get = $((5 * count)) 0
	check "services that stay are listed once while others come and go, and the kernel tells" \
		lists service-get churn "$CHURN" = "$count" 1
	check "others did come and go meanwhile" matches "$SAID" "churned=1"
	check "so are their servers" lists server-get churn "$CHURN" = $((5 * count)) 1
	check "a list of one service's servers has those" lists server-get service[ protocol=u8:6 \
		address=ip:"$FIRST" port=be16:80 ] = 5 0
	check "when all is quiet again the list is as it was" lists service-get = "$count" 0
	# From a file: bash reads pipes byte by byte.
	weir show interval 0 >"$TMP/list"
	mapfile -t lines <"$TMP/list"
	for line in "${lines[@]}"; do
		[[ $line != tcp:* ]] || found=$((found + 1))
	done
	check "weir show lists them all" is "$found" "$count"
	weir flush
	check "after a flush none is left" lists service-get = 0 0
}

# Servers behind a device that drops everything, so that the director alone works.
sink_up() {
	ip link add sink0 type dummy
	ip link set sink0 up
	ip route add 198.18.1.0/24 dev sink0
	ip route add 2001:db8:101::/64 dev sink0
}

# sink NUMBER: address and port of a server there
sink() { if [[ $FAMILY == 4 ]]; then echo "${SINK%1}$1:53"; else echo "[${SINK%1}$1]:53"; fi; }

connections() {
	local count=$CONNS half=$((CONNS / 2)) server
	local -a lines
	service udp 53 scheduler rr
	weir server add "$(key udp 53)" "$(sink 1)" method nat
	weir server add "$(key udp 53)" "$(sink 2)" method nat
	packet flood client front "$count" udp src="$CLIENTS" dst="$VIP" dport=53 payload=1
	check "$count flows are counted" busywait 5 conns_are "$count"
	check "they are listed, each once" rests conn-get = "$count"
	check "by service: all of them" rests conn-get service[ protocol=u8:17 address=ip:"$VIP" port=be16:53 ] = "$count"
	check "by server: its half" rests conn-get server[ address=ip:"${SINK%1}2" ] = "$half"
	check "by client: its 10000" rests conn-get conn[ client-address=ip:"$CLIENTS" ] = 10000
	check "by client and port: one" rests conn-get conn[ client-address=ip:"$CLIENTS" client-port=be16:2000 ] = 1
	check "by client and server: half of the client's" rests conn-get conn[ client-address=ip:"$CLIENTS" ] \
		server[ address=ip:"${SINK%1}1" port=be16:53 ] = 5000
	check "by a server of no connection: none" rests conn-get server[ address=ip:"${SINK%1}3" ] = 0
	server=$(sink 1)
	weir conn list client "$(brackets "$CLIENTS")" server "$server" >"$TMP/list"
	mapfile -t lines <"$TMP/list"
	check "weir conn list lists those and a heading" is "${#lines[@]}" 5001
	check "killing the half of one server tells how many they were" \
		is "$(weir conn kill server "$server")" "killed $half"
	check "the other half is still there" rests conn-get = "$half"
	weir flush
}

brackets() { if [[ $FAMILY == 4 ]]; then echo "$1"; else echo "[$1]"; fi; }

body() {
	words_of_family
	services
	connections
}

sink_up
packet tap client "$CLIENT_NS" front0 deaf
packet tap front "$DIRECTOR_NS" front0 deaf
for_each_family body
