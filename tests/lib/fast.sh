# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For the scenarios of the fast path, sourced after lib.sh: how many packets were
# fast, and how many the firewall's rules have seen. No scenario by itself.

# watch: counts requests in INPUT and replies of the method nat in FORWARD. (A server
# that does not know the MAC address of the client's other leg yet sends the first
# reply of the method direct by its other default route, which is the director.)
watch() {
	nft -f - <<'END'
table inet watch {
	counter input { }
	counter forward { }
	chain in {
		type filter hook input priority 0
		meta l4proto { tcp, udp } counter name input
	}
	chain through {
		type filter hook forward priority 0
		meta l4proto { tcp, udp } th sport { 8080, 5353 } counter name forward
	}
}
END
}

# rules_saw: packets since the last time, in INPUT and FORWARD
rules_saw() {
	local said
	said=$(nft reset counters table inet watch)
	said=${said//$'\n'/ }
	[[ $said =~ counter\ input\ [^}]*packets\ ([0-9]+) ]]
	# shellcheck disable=SC2034 # for scenarios
	INPUT=${BASH_REMATCH[1]}
	[[ $said =~ counter\ forward\ [^}]*packets\ ([0-9]+) ]]
	# shellcheck disable=SC2034 # for scenarios
	FORWARD=${BASH_REMATCH[1]}
}

# counted PROTOCOL PORT: packets of a service since the last time, in IN, OUT, FAST
# and SLOW. Those that are dropped count as none of them.
declare -A TOTAL=()
counted() {
	local in out fast
	local -a before
	read -r in out fast <<<"$(of_service "$1" "$2" stats.packets_in stats.packets_out stats.packets_fast)"
	read -ra before <<<"${TOTAL[$1$2]:-0 0 0}"
	IN=$((in - before[0])) OUT=$((out - before[1])) FAST=$((fast - before[2]))
	# shellcheck disable=SC2034 # for scenarios
	SLOW=$((IN + OUT - FAST))
	TOTAL[$1$2]="$in $out $fast"
}

# fast_word: what `weir conn list` says of the only connection
fast_word() {
	local head line i
	{
		read -ra head
		read -ra line
	} < <(weir conn list)
	for i in "${!head[@]}"; do
		[[ ${head[i]} != FAST ]] || echo "${line[i]-}"
	done
}

# forget_all: no services and no counts
forget_all() {
	weir flush
	TOTAL=()
}
