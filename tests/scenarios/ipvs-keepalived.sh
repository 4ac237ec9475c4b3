#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# keepalived as Debian has it, with weir_ipvs for ip_vs and real nginx servers:
#
#	client ---- director (keepalived, weir, weir_ipvs) ---- s1 s2 nginx
#	                                                    '-- s3 nginx, sorry server
#
# It starts, takes out a server that dies, lets it in again, falls back on the sorry
# server, keeps a server inhibited, follows each change of its configuration, and cleans up
# at the end.
#
# Runs once: keepalived knows nothing of paths.
#
# Takes long, most of which is waiting.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/keepalived.sh
. "${0%/*}/../lib/keepalived.sh"

# configuration SORRY SCHEDULER "NAME=WEIGHT..." [WORD...]: these servers with these words,
# the sorry server when all are gone
configuration() {
	local server
	cat >"$TMP/director.conf" <<-END
		virtual_server $VIP 80 {
			delay_loop 1
			lb_algo $2
			lb_kind NAT
			protocol TCP
			sorry_server ${SERVER[$1]} 8888
			$(for server in $3; do real_server "${server%=*}" "${server#*=}" "${@:4}"; done)
		}
	END
}

lists() { lists_at director "$1"; } # "NAME:WEIGHT ..."

scheduler_is() { is "$(of_service tcp 80 scheduler)" "$1"; }

dies_and_returns() {
	nginx_stop s1
	check "a server that dies is taken out" busywait 20 lists "s2:1"
	check "the other answers alone" answered 4 s2
	nginx_start s1
	check "it is let in again when it is back" busywait 20 lists "s1:1 s2:1"
	check "and answers again" answered 4 s1 s2
}

sorry() {
	nginx_stop s1
	nginx_stop s2
	check "when both die the sorry server takes their place" busywait 20 lists "s3:1"
	check "and answers" answered 4 s3
	nginx_start s1
	nginx_start s2
	check "until they are back" busywait 20 lists "s1:1 s2:1"
	check "and answer again" answered 4 s1 s2
}

inhibited() {
	configuration s3 wlc "s1=1 s2=1" inhibit_on_failure
	keepalived_reload director
	check "a changed scheduler is followed" busywait 20 scheduler_is wlc
	check "with the servers there were" busywait 20 lists "s1:1 s2:1"
	nginx_stop s2
	check "an inhibited server stays, with weight 0" busywait 20 lists "s1:1 s2:0"
	check "and gets no client" answered 4 s1
	nginx_start s2
	check "until it is back" busywait 20 lists "s1:1 s2:1"
}

# What a reload does not change it must not touch: the counters of a service that was
# deleted and added begin anew.
reloaded() {
	local conns
	conns=$(of_service tcp 80 stats.conns)
	configuration s3 wrr "s1=3 s2=1"
	keepalived_reload director
	check "a changed weight is followed" busywait 20 lists "s1:3 s2:1"
	check "weir shows it" is "$(of_server tcp 80 s1 weight)" 3
	configuration s2 wrr "s1=3 s3=2"
	keepalived_reload director
	check "a server is added and one removed" busywait 20 lists "s1:3 s3:2"
	check "weir shows the one" is "$(of_server tcp 80 s3 weight)" 2
	check "and no longer the other when its last connection has ended" busywait 60 not_listed tcp 80 s2
	check "it is the service that it was, with its counters" is "$(of_service tcp 80 stats.conns)" "$conns"
	check "those there are now answer" answered 5 s1 s3
}

body() {
	local name
	for name in s1 s2 s3; do nginx_start "$name"; done
	configuration s3 rr "s1=1 s2=1"
	keepalived_start director -C
	check "keepalived brings service and servers" busywait 20 lists "s1:1 s2:1"
	check "weir shows the same" is "$(of_server tcp 80 s1 weight)" 1
	check "both answer the client" answered 4 s1 s2
	dies_and_returns
	sorry
	inhibited
	reloaded
	keepalived_stop director
	check "keepalived takes all with it" busywait 10 lists_nothing_at director
	for name in s1 s2 s3; do nginx_stop "$name"; done
}

ipvs_up
for_each_family body
