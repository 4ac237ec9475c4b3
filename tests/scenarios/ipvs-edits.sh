#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What IPVS has no word for survives when ipvsadm changes something else: a fullnat
# server, one that drains, the options of a service. A sysctl or a timeout that is
# written changes that of each service, and nothing else of it.
#
# Runs once: no packet is forwarded.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

IPVS_KO=${WEIR_KO%weir*}weir_ipvs${WEIR_KO##*weir}

# sysctl_set NAME VALUE: of the director
sysctl_set() { echo "$2" >"/proc/sys/net/ipv4/vs/$1"; }

# All that weir shows of the service but for counters and rates, in one line each.
shown() { weir -j show "$1" interval 0 | gojq -cS 'del(.. | .stats?, .rates?)'; }

# Nothing changes but what FILTER changes.
edit_keeps() { # FILTER COMMAND...
	local before after
	before=$(shown "$KEY" | gojq -cS "$1")
	"${@:2}"
	after=$(shown "$KEY")
	is "$after" "$before"
}

edits() {
	local vip=$VIP:80
	[[ $FAMILY == 4 ]] || vip="[$VIP]:80"
	service tcp 80 scheduler dh fallback on hook ingress midstream reset no-server drop timeout tcp-syn 9s \
		half-open-max 99 local-addresses "$DIRECTOR_BACK" affinity 60s affinity-limit 77 affinity-weightless move
	set_addr s1 8080
	weir server add "$KEY" "$ADDR" method fullnat weight 5 conns-max 90
	check "ipvsadm lists a fullnat server as Masq" \
		matches "$(ipvsadm -Ln)" "-> ${ADDR//[\[\]]/.} +Masq +5"
	check "its weight changes, and nothing else" \
		edit_keeps '.services[0].servers[0].weight = 7' ipvsadm -e -t "$vip" -r "$ADDR" -m -w 7 -x 90
	check "the persistence of its service changes, and nothing else" \
		edit_keeps '.services[0].affinity.timeout *= 2' \
		ipvsadm -E -t "$vip" -s dh -p 120
	weir server drain "$KEY" "$ADDR" deadline 600s
	check "a server that drains is listed with weight 0" matches "$(ipvsadm -Ln)" " Masq +0"
	ipvsadm -e -t "$vip" -r "$ADDR" -m -w 0 -x 80
	check "it drains on when its limit changes" is "$(of_server tcp 80 s1 state policy conns_max)" "down drain 80"
	ipvsadm -e -t "$vip" -r "$ADDR" -m -w 4 -x 80
	check "a weight makes it take connections again" is "$(of_server tcp 80 s1 state method weight)" "up fullnat 4"
	sysctl_set schedule_icmp 1
	check "a sysctl that is written reaches the service" is "$(of_service tcp 80 icmp_schedule)" true
	sysctl_set sloppy_sctp 1
	ipvsadm --set 0 0 77
	check "and only what it says: mid-stream TCP is still reset" is "$(of_service tcp 80 midstream)" reset
	sysctl_set schedule_icmp 0
	sysctl_set sloppy_sctp 0
	weir flush
	service tcp 80
	sysctl_set conntrack 1
	check "conntrack 1 reaches a service that weir has added" is "$(of_service tcp 80 conntrack)" true
	sysctl_set conntrack 0
	check "and so does 0" is "$(of_service tcp 80 conntrack)" false
	weir flush
}

modprobe x_tables
insmod "$IPVS_KO"
for_each_family edits
rmmod weir_ipvs
