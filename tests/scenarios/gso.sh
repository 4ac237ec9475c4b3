#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Large transfers through devices that cut segments and put them together again:
# super-packets of up to 64 KB pass the director whole and are counted as the
# segments that they are. What is counted is compared with what was captured, since
# no two transfers retransmit and acknowledge alike.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

MSS=1428	# of both families at most, with timestamps
SPORT=47000
FIELDS=(stats.packets_in stats.bytes_in stats.packets_out stats.bytes_out)

# segments on|off: whether client and server hand super-packets to their devices
segments() {
	local name
	for name in tso gso; do
		packet offload "$CLIENT_NS" front0 "$name" "$1"
		packet offload "${NS[s1]}" back0 "$name" "$1"
	done
}

# transfer METHOD WHAT: $SIZE bytes in each direction, from a port of their own; what was
# counted is in COUNTED
transfer() {
	weir service remove "$(key tcp 80)"
	service tcp 80
	servers "$1" tcp 80 s1
	packet clear
	SPORT=$((SPORT + 1))
	load tcp 80 --size "$SIZE" --reply "$SIZE" --from "$CLIENT" --sport "$SPORT"
	check "$1, $2: $SIZE bytes arrive intact in each direction" all_served 1
	check "$1, $2: what the client sent is counted as the segments that it was" \
		busywait 3 as_captured "${FIELDS[*]:0:2}" front sport="$SPORT"
	[[ $1 != nat ]] || check "$1, $2: what the server sent is counted as the segments that it was" \
		busywait 3 as_captured "${FIELDS[*]:2}" back dport="$SPORT"
	read -ra COUNTED <<<"$(of_service tcp 80 "${FIELDS[@]}")"
}

# as_captured FIELDS TAP WORD: the packets captured make so many segments and, as each of
# them has headers of its own, so many bytes. (Options of TCP are there now and then; a
# last acknowledgement may be captured or counted late.)
as_captured() {
	local packets bytes captured size headers=$((FAMILY == 4 ? 52 : 72)) late=300
	# shellcheck disable=SC2086
	read -r packets bytes <<<"$(of_service tcp 80 $1)"
	packet count "$2" tcp "$3"
	captured=$SAID
	packet total "$2" tcp "$3"
	size=$SAID
	atleast "$packets" $((SIZE / 1448)) &&
		within "$packets" $((captured - 4)) $((captured + size / 1000)) &&
		within "$bytes" $((size + (packets - captured) * headers - late)) \
			$((size + (packets - captured) * (headers + 28) + late))
}

# average BYTES PACKETS: as large as segments of these links are
average() { within $(($1 / $2)) $((MSS / 2)) 1500; }

body_of() { # METHOD
	segments off
	service tcp 80
	transfer "$1" "in segments"
	check "$1: in segments nothing larger than the MTU came to the director" packet_is biggest front tcp = 1500
	segments on
	transfer "$1" "in super-packets"
	packet biggest front tcp
	check "$1: super-packets came to the director" atleast "$SAID" 3000
	packet biggest s1 tcp
	check "$1: and left it whole" atleast "$SAID" 3000
	if [[ $1 == nat ]]; then
		check "$1: both directions together, packets are of the size of segments" \
			average $((COUNTED[1] + COUNTED[3])) $((COUNTED[0] + COUNTED[2]))
	else
		check "$1: what goes past the director is not counted" is "${COUNTED[2]} ${COUNTED[3]}" "0 0"
	fi
	weir flush
}

# Segments put together by the director itself, on the way in.
received() {
	segments off
	packet offload "$DIRECTOR_NS" front0 gro on
	packet offload "$DIRECTOR_NS" back0 gro on
	service tcp 80
	transfer nat "put together by the director"
	check "nat: packets put together on the way in are counted as their segments" \
		within "${COUNTED[0]}" $((SIZE / 1448)) $((SIZE / 300 + 100))
	packet offload "$DIRECTOR_NS" front0 gro off
	packet offload "$DIRECTOR_NS" back0 gro off
	segments on
	weir flush
}

# A director whose device cannot cut: the kernel does it behind weir.
cut_behind() {
	packet offload "$DIRECTOR_NS" back0 tso off
	packet offload "$DIRECTOR_NS" back0 gso off
	service tcp 80
	transfer nat "cut on the way out"
	check "nat: super-packets that the director's device cannot cut leave as segments" \
		packet_is biggest s1 tcp = 1500
	packet offload "$DIRECTOR_NS" back0 tso on
	packet offload "$DIRECTOR_NS" back0 gso on
	weir flush
}

# What is dropped counts as the segments that it is as well: here of a connection that
# is not known any more.
dropped() {
	service tcp 80 midstream drop
	servers nat tcp 80 s1
	load_start held tcp 80 --hold --size 14000 --timeout 1000
	weir conn kill all >/dev/null
	drops_mark
	load_say held go
	drops_grown midstream
	check "nat: a super-packet that is dropped is counted as its segments" atleast "$GROWN" 10
	load_end held
	weir flush
}

body() {
	SIZE=$(scaled 300000)
	body_of nat
	body_of direct
	received
	cut_behind
	dropped
}

taps client front back s1
for_each_family body
