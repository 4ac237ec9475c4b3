#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whose memory it is: what requests make the kernel hold is charged to the control
# group of who asks, so that root of a user namespace holds no more of it than it may.
#
# Runs once: no packet is forwarded.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

GROUP=$TMP/cgroup/weir

[[ -r /proc/cgroups && $(</proc/cgroups) == *memory* ]] || skip_all "no control groups of memory here"
mkdir "$TMP/cgroup"
mount -t cgroup2 none "$TMP/cgroup"
defer umount "$TMP/cgroup"
echo +memory >"$TMP/cgroup/cgroup.subtree_control"
mkdir "$GROUP"
defer rmdir "$GROUP"
grep -q '^percpu ' "$GROUP/memory.stat" || skip_all "control groups do not count the kernel's memory here"

# charged ITEM: bytes of it that the group holds
charged() {
	local name bytes
	while read -r name bytes; do
		[[ $name != "$1" ]] || echo "$bytes"
	done <"$GROUP/memory.stat"
}

# by_group ARG...: weir, on the group's account
by_group() { (echo "$BASHPID" >"$GROUP/cgroup.procs" && exec "$WEIR" "$@"); }

SERVERS=64

# What has been freed is given back after a grace period.
uncharged() { atmost "$(charged percpu)" $((UNUSED + SERVERS * 8)); }

# Charges of a processor are added up by and by; reading memory.stat flushes them.
body() {
	local before table number percpu words=()
	set_key tcp 80
	check "nothing is charged to begin with" busywait 5 uncharged
	before=$(charged percpu)
	for ((number = 1; number <= SERVERS; number++)); do
		if [[ $FAMILY == 4 ]]; then
			words+=(server "198.51.100.$number:80")
		else
			words+=(server "[2001:db8:1::$number]:80")
		fi
	done
	by_group service add "$KEY" scheduler rr
	by_group service replace "$KEY" "${words[@]}"
	percpu=$(($(charged percpu) - before))
	check "counters of servers are charged" atleast "$percpu" $((SERVERS * 56))
	before=$(charged kernel)
	by_group service set "$KEY" scheduler mh
	table=$(($(charged kernel) - before))
	check "so is a scheduler's table" atleast "$table" 100000
	weir flush
}

# What a namespace has counts its own for as long as there is one.
by_group service add tcp:192.0.2.10:80
weir flush
UNUSED=$(charged percpu)
for_each_family body
