#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What an operator reads: show, stats, stats drops and monitor, as text and as
# JSON, and the exit status and sentence of what is refused.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

# The drop reasons of the spec.
spec_reasons() {
	local line within=''
	while read -r line; do
		case $line in
		'name: drop-reason') within=yes ;;
		'name: '*) [[ -z $within ]] || echo "${line#name: }" ;;
		'attribute-sets:') return ;;
		esac
	done <"$ROOT/tools/netlink/weir.yaml"
}

# ends STATUS ARG...: what weir does with these arguments; its message is in MESSAGE
ends() {
	local wanted=$1 status=0
	shift
	MESSAGE=$(weir "$@" 2>&1 >/dev/null) || status=$?
	is "$status" "$wanted" && [[ $status == 0 || ($MESSAGE == "weir: "* && $MESSAGE != *$'\n'*) ]]
}

reading() {
	local text reason missing="" before words=() files=()
	before=$(json .stats.conns stats)
	service tcp 80 scheduler wrr midstream drop timeout udp 7s
	service udp 53
	server add nat tcp 80 s1 weight 3
	server add direct tcp 80 s2
	load tcp 80 --conns 4 --exchanges 3

	text=$(weir show)
	check "show names every service" matches "$text" "tcp.*80.*udp.*53"
	check "show names every server" matches "$text" "${SERVER[s1]}.*${SERVER[s2]}"
	text=$(weir show "$(key udp 53)")
	check "show KEY leaves the others out" fails matches "$text" "${SERVER[s1]}"
	check "JSON has the options a service was given" \
		is "$(of_service tcp 80 key scheduler midstream conntrack timeouts.udp)" \
		"$(key tcp 80) wrr drop false 7000"
	check "JSON has the defaults of those it was not given" \
		is "$(of_service udp 53 scheduler midstream conntrack timeouts.udp timeouts.tcp_established)" \
		"wlc pass false 300000 7440000"
	check "JSON has a server's attributes" \
		is "$(of_server tcp 80 s1 port method weight state policy)" \
		"8080 nat 3 up drain"
	check "a service's connections are the sum of its servers'" \
		is "$(of_service tcp 80 stats.conns)" \
		"$(($(of_server tcp 80 s1 stats.conns) + $(of_server tcp 80 s2 stats.conns)))"
	check "stats counts services" is "$(json .services stats)" 2
	check "stats counts all connections made" is "$(json .stats.conns stats)" $((before + 4))
	text=$(weir stats drops)
	for reason in $(spec_reasons); do
		[[ $text =~ (^|$'\n')$reason\ +[0-9]+ ]] || missing+=" $reason"
	done
	check "stats drops lists every reason of the spec, also those that never struck" is "$missing" ""
	check "the spec has reasons" matches "$(spec_reasons)" "no-server.*conns-max"
	for text in show "show $KEY" stats "stats drops" "conn list" "config show"; do
		read -ra words <<<"$text"
		files+=("$TMP/json.${#files[@]}")
		weir -j "${words[@]}" >"${files[-1]}"
	done
	check "-j prints valid JSON with every reading verb" is "$(jq -s length "${files[@]}")" 6
}

# A removed server's counts stay in its service's.
folded() {
	local before made
	made=$(json .stats.conns stats)
	before=$(of_service tcp 80 stats.conns stats.packets_in stats.bytes_in)
	weir conn kill all >/dev/null
	server remove nat tcp 80 s1
	check "counters of a removed server stay in its service's sums" \
		is "$(of_service tcp 80 stats.conns stats.packets_in stats.bytes_in)" "$before"
	weir flush
	check "and those of a removed service in the namespace's" is "$(json .stats.conns stats)" "$made"
}

events() {
	service tcp 80
	monitor_start tcp 80
	server add nat tcp 80 s1
	server set nat tcp 80 s1 weight 9
	server remove nat tcp 80 s1
	weir service remove "$(key tcp 80)"
	check "monitor tells that a server was added" \
		busywait 5 heard '"server","change":"added".*"'"${SERVER[s1]}"
	check "monitor tells that it was changed, and what it is now" \
		busywait 5 heard '"server","change":"changed".*"weight":9'
	check "monitor tells that it was removed" busywait 5 heard '"server","change":"removed"'
	check "monitor tells that the service was removed" busywait 5 heard '"service","change":"removed"'
	check "every event is a line of JSON" jq -e . "$TMP/events"
	monitor_stop
}

refusals() {
	service tcp 80
	server add nat tcp 80 s1
	check "a service that exists is refused with status 1 and one line" ends 1 service add "$(key tcp 80)"
	check "so is a server that exists" ends 1 server add "$(key tcp 80)" "$(addr s1 8080)"
	check "so is a server of a service that does not exist" ends 1 server add "$(key tcp 81)" "$(addr s1 8080)"
	check "so is the change of a server that does not exist" \
		ends 1 server set "$(key tcp 80)" "$(addr s2 8080)" weight 1
	check "so is a scheduler that does not exist" ends 1 service set "$(key tcp 80)" scheduler best
	check "so is a direct server with another port" \
		ends 1 server add "$(key tcp 80)" "$(addr s2 8080)" method direct
	check "a weight too large is refused before the kernel is asked" \
		ends 2 server set "$(key tcp 80)" "$(addr s1 8080)" weight 65536
	check "so is a word that is not known" ends 2 service add "$(key tcp 80)" shceduler rr
	check "so is a key without a port" ends 2 service add "tcp:$VIP"
	check "so is a verb that is missing" ends 2 service
	check "what was refused has changed nothing" \
		is "$(of_server tcp 80 s1 weight method) $(of_service tcp 80 scheduler)" "1 nat wlc"
}

body() {
	reading
	folded
	events
	refusals
}

for_each_family body
