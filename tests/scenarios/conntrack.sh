#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Conntrack: Weir keeps its own connections, so the packets of its services are
# untracked before conntrack sees them, unless a service asks for conntrack. Other
# traffic of the director is tracked as ever.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

nft -f - <<'END' || skip_all "no nf_tables with conntrack here"
table inet watch {
	counter untracked { }
	counter tracked { }
	chain in {
		type filter hook input priority 0
		meta l4proto { tcp, udp } ct state untracked counter name untracked
		meta l4proto { tcp, udp } ct state new,established,invalid counter name tracked
	}
	chain through {
		type filter hook forward priority 0
		meta l4proto { tcp, udp } ct state untracked counter name untracked
		meta l4proto { tcp, udp } ct state new,established,invalid counter name tracked
	}
}
END
COUNT=/proc/sys/net/netfilter/nf_conntrack_count
[[ -r $COUNT ]] || skip_all "no conntrack here"
# Lest entries that are counted end while others are looked for.
for file in /proc/sys/net/netfilter/nf_conntrack_{tcp,udp}_timeout*; do echo 1200 >"$file"; done

# counted NAME: packets since the last time, which it leaves in PACKETS
counted() {
	[[ $(nft reset counter inet watch "$1") =~ packets\ ([0-9]+) ]]
	PACKETS=${BASH_REMATCH[1]}
}

body() {
	local method=$1 protocol=$2 port=$3 before in out
	counted untracked
	counted tracked
	before=$(<"$COUNT")
	service "$protocol" "$port" scheduler rr
	servers "$method" "$protocol" "$port"
	load "$protocol" "$port" --conns 10 --exchanges 4
	check "$method: $protocol is served beside conntrack" all_served 10
	check "$method: $protocol leaves no entry in conntrack" is "$(<"$COUNT")" "$before"
	counted tracked
	check "$method: no packet of $protocol is tracked" is "$PACKETS" 0
	read -r in out <<<"$(of_service "$protocol" "$port" stats.packets_in stats.packets_out)"
	counted untracked
	if on_fast_path; then
		check "$method: the firewall sees the first packets of each $protocol connection, as untracked" \
			within "$PACKETS" 10 $((in + out - 1))
	else
		check "$method: the firewall sees all packets of each $protocol connection, as untracked" \
			atleast "$PACKETS" $((in + out))
	fi

	weir service set "$(key "$protocol" "$port")" conntrack on
	load "$protocol" "$port" --conns 10 --exchanges 4
	check "$method: $protocol with conntrack on is served" all_served 10
	check "$method: $protocol with conntrack on has entries in conntrack" \
		atleast "$(<"$COUNT")" $((before + 10))
	counted tracked
	check "$method: packets of $protocol with conntrack on are tracked" atleast "$PACKETS" 40

	weir service set "$(key "$protocol" "$port")" conntrack off
	counted tracked
	load "$protocol" "$port" --conns 10 --exchanges 4 --close rst
	check "$method: $protocol is served after conntrack off" all_served 10
	counted tracked
	check "$method: $protocol is no longer tracked after conntrack off" is "$PACKETS" 0
	weir flush
}

# Traffic to the director itself, on a port without a service.
others() {
	local before
	service tcp 80 scheduler rr
	servers nat tcp 80
	before=$(<"$COUNT")
	load udp 9 --timeout 100
	check "traffic that is not of a service is tracked as ever" atleast "$(<"$COUNT")" $((before + 1))
}

for_each_family body nat tcp 80
for_each_family body nat udp 53
for_each_family body direct tcp 80
for_each_family body direct udp 53
for_each_family others
