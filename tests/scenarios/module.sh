#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Loading and unloading: a module in use is not unloaded, and says so; after a
# flush it goes at once, traffic or not, and serves again when it is back.
#
# Needs two processors: packets pass while the module goes.
#
# Takes long, and its processors are busy.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/flood.sh
. "${0%/*}/../lib/flood.sh"

loaded() { [[ -d /sys/module/weir ]]; }

# In use until the last service is gone; the network namespaces of the machine's
# other users count too.
unload() { busywait 10 rmmod weir; }

body() {
	local output status=0 round
	service tcp 80 scheduler rr
	service udp 53 scheduler rr
	servers nat tcp 80
	servers direct udp 53
	load_start tcp tcp 80 --forever --parallel 4 --pause 20
	load_start udp udp 53 --forever --parallel 4 --pause 20 --timeout 100
	load_start held tcp 80 --hold --conns 6

	output=$(rmmod weir 2>&1) || status=$?
	check "a module with services is not unloaded" isnt "$status" 0
	check "the refusal says that it is in use" matches "$output" "in use"
	check "it is still there" loaded
	load_say held "go 3"
	check "and its connections go on" all_served 6

	flood_start front0 "$(mac_of director front0)" "$VIP" 9
	for round in 1 2 3; do
		service udp 9
		servers direct udp 9 s1
		check "datagrams come without pause (round $round)" busywait 5 flooded
		weir flush
		check "after a flush it unloads, under traffic (round $round)" unload
		check "loading it again works (round $round)" insmod "$WEIR_KO"
		take_path director
		service tcp 80 scheduler rr
		service udp 53 scheduler rr
		servers nat tcp 80 s1
		servers direct udp 53 s1
		check "then it serves (round $round)" busywait 20 serves
	done
	flood_stop
	load_end tcp
	load_end udp
	load_say held go
	check "connections of before are unknown to it" is "reset=${R[reset]} timeout=${R[timeout]}" "reset=6 timeout=0"
	load_end held
}

flooded() { (($(of_service udp 9 stats.packets_in) > 500)); }

serves() {
	load tcp 80 --conns 5 --exchanges 2 && all_served 5 &&
		load udp 53 --conns 5 --exchanges 2 && all_served 5
}

for_each_family body
