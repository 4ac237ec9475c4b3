#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoints of weir: a scheduler's choice, the birth and the end of a
# connection, and a drop are each seen once, with what they are about.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

TRACING=/sys/kernel/tracing

# In a mount namespace that ends with the scenario.
tracing_start() {
	[[ -d $TRACING ]] || skip_all "this kernel has no tracefs"
	[[ -d $TRACING/events ]] || mount -t tracefs tracefs "$TRACING" || skip_all "tracefs cannot be mounted"
	[[ -d $TRACING/events/weir ]] || skip_all "this kernel has no trace events"
	echo 1 >"$TRACING/events/weir/enable"
	defer tracing_stop
}

tracing_stop() {
	echo 0 >"$TRACING/events/weir/enable"
	: >"$TRACING/trace"
}

# traced: reads what was traced since the last call into TRACE, a line an event
traced() {
	local line
	TRACE=()
	while IFS= read -r line; do
		[[ $line != '#'* && $line == *weir_* ]] || continue
		TRACE+=("${line#*: }")
	done <"$TRACING/trace"
	: >"$TRACING/trace"
}

# event_is COUNT TEXT...: so many events begin like that
event_is() {
	local count=0 line
	for line in "${TRACE[@]}"; do
		[[ $line != "$2"* ]] || count=$((count + 1))
	done
	[[ $count == "$1" ]] || { printf '%s\n' "got $count of '$2', wanted $1; there are:" "${TRACE[@]}"; return 1; }
}

# end ADDR PORT: as %pISpc prints it
end() { if [[ $FAMILY == 4 ]]; then echo "$1:$2"; else echo "[$1]:$2"; fi; }

# listed_as STATE: a connection is
listed_as() { matches "$(weir conn list)" " $1 "; }

flows() { # METHOD NUMBER
	local protocol number flow port sport=48000 state
	for protocol in tcp udp; do
		[[ $protocol == tcp ]] && number=6 port=80 state=7 || number=17 port=53 state=0
		[[ $1$protocol != directtcp ]] || state=4
		set_backend "$1" "$protocol" "$port"
		service "$protocol" "$port"
		servers "$1" "$protocol" "$port" s1
		traced
		load "$protocol" "$port" --conns 1 --exchanges 2 --from "$CLIENT" --sport "$sport"
		flow="protocol=$number client=$(end "$CLIENT" "$sport") service=$(end "$VIP" "$port")"
		flow+=" server=$(end "${SERVER[s1]}" "$BACKEND")"
		traced
		check "$protocol, $1: the choice of the server is traced once, with the flow and the method" \
			event_is 1 "weir_schedule: $flow detail=$2"
		check "$protocol, $1: so is the birth of the connection" event_is 1 "weir_conn_new: $flow detail=$2"
		check "$protocol, $1: nothing else is" event_is 2 "weir_"
		# The client's last acknowledgement may still be on its way.
		[[ $1$protocol != nattcp ]] || busywait 5 listed_as time-wait || :
		weir conn kill all >/dev/null
		traced
		check "$protocol, $1: the end of the connection is traced once, with its state" \
			event_is 1 "weir_conn_end: $flow detail=$state"
		weir flush
	done
}

drop_is() { # COUNT REASON PROTOCOL SPORT PORT
	local line count=0
	for line in "${TRACE[@]}"; do
		[[ ! $line =~ ^weir_drop:\ skbaddr=[^\ ]+\ protocol=$3\ (.*)$ ]] ||
			[[ ${BASH_REMATCH[1]} != "source=$(end "$CLIENT" "$4") destination=$(end "$VIP" "$5") reason=$2" ]] ||
			count=$((count + 1))
	done
	[[ $count == "$1" ]] || { printf '%s\n' "got $count, wanted $1; there are:" "${TRACE[@]}"; return 1; }
}

dropped() {
	local before
	service tcp 80
	before=$(drops no-server)
	traced
	load tcp 80 --from "$CLIENT" --sport 48001 --timeout 500
	traced
	check "tcp: a drop is traced once for each packet, with its ends and the reason by name" \
		drop_is $(($(drops no-server) - before)) no-server 6 48001 80
	weir flush
}

body() {
	flows direct 0
	flows nat 1
	dropped
}

tracing_start
for_each_family body
