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
		'type: enum' | 'attribute-sets:') [[ -z $within ]] || return 0 ;;
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
	check "-j prints valid JSON with every reading verb" is "$(gojq -s length "${files[@]}")" 6
}

# Every field of what the reading verbs print is in the page that says what they mean.
documented() {
	local verb missing words=()
	service tcp 80 affinity 1m hash-key 00112233445566778899aabbccddeeff local-addresses "$DIRECTOR_BACK"
	server add nat tcp 80 s1 conns-max 100
	server set nat tcp 80 s1 state down policy drain deadline 1h
	weir server add "$(key tcp 80)" "$(addr s2 8080)" method fullnat
	weir server add "$(key tcp 80)" "$(addr s3 80)" method tunnel tunnel gue weight 0
	weir service add "fwmark${FAMILY/4/}:7"
	load_start held tcp 80 --hold --timeout 1000
	: >"$TMP/keys"
	for verb in show "show interval 0" "conn list" "affinity list" stats "stats drops" "config show" \
		"conn kill all" "affinity remove all"; do
		read -ra words <<<"$verb"
		json '[.. | objects | keys[]] | unique[]' "${words[@]}" >>"$TMP/keys"
	done
	gojq -r '[.. | objects | keys[]] | unique[]' "$TMP/events" >>"$TMP/keys"
	missing=$(comm -23 <(sort -u "$TMP/keys") \
		<(grep -Eo "[\`\"][a-z0-9_]+[\`\"]" "$ROOT/doc/json.md" | tr -d "\`\"" | sort -u))
	check "every field of JSON is in doc/json.md" is "$missing" ""
	check "among them those of all objects" is \
		"$(sort -u "$TMP/keys" | grep -cx 'fwmark\|tunnel_port\|local_address\|deadline\|mask\|sctp_init\|reason\|removed\|change')" 9
	load_end held
	weir flush
}

# rate NAME FIELD: what the last show says a server has per second, as a whole number;
# for NAME "total" the service
rate() {
	local of='.services[0]'
	[[ $1 == total ]] || of+=".servers[] | select(.address == \"${SERVER[$1]}\")"
	gojq -r "$of | .rates.$2 | floor" "$TMP/rates"
}

# Two readings. Objects are read one after the other, so that sums may be off by what comes
# meanwhile, by much if the reader is made to wait there.
rates_add_up() {
	local field total
	weir -j show "$(key udp 53)" interval 2s >"$TMP/rates"
	atleast "$(rate total conns)" 1 && atleast "$(rate total packets_in)" 1 || return
	for field in conns packets_in bytes_in packets_out bytes_out; do
		total=$(rate total $field)
		within $(($(rate s1 $field) + $(rate s2 $field))) $((total * 8 / 10 - 2)) $((total * 12 / 10 + 2)) || return
	done
}

table_has_rates() {
	matches "$(weir show "$(key udp 53)" interval 1s)" \
		"CONNS/S +PKT/S IN +BYTE/S IN +PKT/S OUT +BYTE/S OUT.*total +[0-9]+ +[0-9]+ +[0-9.]+% +[0-9.]*[1-9]"
}

# A load of two exchanges a connection.
rates() {
	service udp 53 scheduler rr
	server add nat udp 53 s1
	server add nat udp 53 s2
	load_start steady udp 53 --forever --pause 20 --exchanges 2
	check "a load without end is served" busywait 10 steady_is_counted
	check "rates of the service are the sum of its servers'" busywait 10 rates_add_up
	check "rates count packets of both directions" \
		matches "$(rate total packets_in) $(rate total packets_out)" "^[1-9][0-9]* [1-9][0-9]*$"
	check "rates of packets are those of connections, two exchanges each" \
		within $(($(rate total packets_in) * 10 / $(rate total conns))) 10 35
	check "rates of bytes are those of packets, which are of one size" \
		within $(($(rate total bytes_in) / $(rate total packets_in))) $((IP_HEADER + 20)) $((IP_HEADER + 60))
	check "the table has them too" busywait 10 table_has_rates
	load_end steady
	weir -j show "$(key udp 53)" interval 300ms >"$TMP/rates"
	check "rates are 0 when nothing comes" is "$(rate total packets_in) $(rate total bytes_out)" "0 0"
	check "without an interval there are none" is "$(json '.services[0].rates' show "$(key udp 53)" interval 0)" null
	weir flush
}

steady_is_counted() { atleast "$(of_service udp 53 stats.conns)" 2; }

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
	check "every event is a line of JSON" gojq -e . "$TMP/events"
	monitor_stop
	event_text
}

# The options that a service was given, as whoever reads the text has to know them.
event_text() {
	: >"$TMP/text"
	service tcp 80
	"$WEIR" monitor >"$TMP/text" {PAUSE_FD}>&- &
	LOAD_PID[monitor]=$!
	busywait 10 text_comes || :
	weir service set "$(key tcp 80)" half-open-max 77 timeout tcp-fin 33s affinity 5m affinity-limit 9 \
		local-addresses "$DIRECTOR_BACK"
	check "monitor's text tells the bound of half-open connections" busywait 5 grep -q ' half-open-max 77 ' "$TMP/text"
	check "the timeouts" grep -q ' timeout tcp-syn 1m .*tcp-fin 33s' "$TMP/text"
	check "how clients are remembered" grep -q ' affinity 5m affinity-limit 9' "$TMP/text"
	check "and the local addresses" grep -q " local-addresses $DIRECTOR_BACK\$" "$TMP/text"
	monitor_stop
	weir service remove "$(key tcp 80)"
}

text_comes() {
	weir service set "$(key tcp 80)" midstream pass
	[[ -s $TMP/text ]]
}

# A list that the kernel refuses, as it does to who may not read it.
broken_off() {
	local verb status
	for verb in conn affinity; do
		status=0
		setpriv --bounding-set=-net_admin "$WEIR" -j $verb list >"$TMP/broken" 2>/dev/null || status=$?
		check "$verb list that fails ends with status 1" is "$status" 1
		check "$verb list that fails does not print a list" fails grep -q interrupted "$TMP/broken"
	done
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
	IP_HEADER=$((FAMILY == 4 ? 20 : 40))
	reading
	folded
	if on_fast_path; then
		# What is said, of which no packet is part.
		events
		documented
		refusals
		broken_off
		weir flush
	fi
	rates
}

for_each_family body
