# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For scenarios that look at packets: sourced after lib.sh, it starts the program
# tests/tools/packet.c, which obeys commands without a process each.

: "${PACKET:=$TESTS/tools/build/packet}"
SAID=

exec {PACKET_IN}<> <(:) {PACKET_OUT}<> <(:)
"$PACKET" <&"$PACKET_IN" >&"$PACKET_OUT" 2>"$TMP/packet.err" {PACKET_IN}>&- {PACKET_OUT}>&- &
LOAD_PID["packet"]=$! # killed at the end, if it comes to that

# packet COMMAND...: its answer is in SAID
packet() {
	echo "$*" >&"$PACKET_IN"
	SAID=
	read -rt $((60 * WEIR_TIME_SCALE)) -u "$PACKET_OUT" SAID || SAID=failed
	[[ $SAID != failed ]] || {
		echo "packet $*: $(<"$TMP/packet.err")" >&2
		return 1
	}
}

packet_stop() {
	echo quit >&"$PACKET_IN"
	wait "${LOAD_PID["packet"]}" || :
	unset "LOAD_PID[packet]"
}
defer packet_stop

# taps NAME...: captures what comes in at client (its leg to the director), front
# and back (the director's), s1, s2, s3
taps() {
	local name
	for name; do
		case $name in
		client) packet tap client "$CLIENT_NS" front0 ;;
		front) packet tap front "$DIRECTOR_NS" front0 ;;
		back) packet tap back "$DIRECTOR_NS" back0 ;;
		*) packet tap "$name" "${NS[$name]}" back0 ;;
		esac
	done
}

# packet_is COMMAND... = ANSWER, for check: what it answers
packet_is() {
	packet "${@:1:$#-2}"
	[[ $SAID == "${*: -1}" ]] || { echo "packet ${*:1:$#-2}: got '$SAID', wanted '${*: -1}'"; return 1; }
}

# arrives TAP WORD...: a packet like that has been captured, or is soon
arrives() {
	packet expect "$1" 3000 "${@:2}"
	[[ $SAID != none ]] || {
		packet list "$1"
		echo "nothing like '${*:2}' at $1: $SAID"
		return 1
	}
}

# arrived COUNT TAP WORD...: so many have been captured; nothing is waited for
arrived() { packet_is count "${@:2}" = "$1"; }

# drops_grown REASON: how many more there are than at drops_mark, in GROWN;
# drops_grow, for check: by so many
drops_mark() {
	packet drops
	DROPS_BEFORE=" $SAID"
}
drops_grown() {
	[[ $DROPS_BEFORE =~ \ $1=([0-9]+) ]]
	GROWN=-${BASH_REMATCH[1]}
	packet drops
	[[ " $SAID" =~ \ $1=([0-9]+) ]]
	GROWN=$((BASH_REMATCH[1] + GROWN))
}
drops_grow() {
	drops_grown "$1"
	is "$1 $GROWN" "$1 $2"
}
