#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# FTP: a service with helper ftp. What a server says of itself in PASV and EPSV names
# the VIP when it reaches the client, connections that the client opens there reach
# that server, and those that a server opens for PORT and EPRT come from the VIP. The
# host's tables of nftables have no part in it. The client has no way to the servers
# but the VIP here, and its curl believes every address that it is told.
#
# Runs once: what conntrack sees never takes the fast path.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/masquerade.sh
. "${0%/*}/../lib/masquerade.sh"

/usr/bin/python3 -c 'import pyftpdlib' 2>/dev/null || skip_all "no pyftpdlib here"
modprobe nf_nat_ftp 2>/dev/null || skip_all "no nf_nat_ftp here"
conntrack -L >/dev/null 2>&1 || skip_all "conntrack cannot list its entries here"

PORT=2121	# of the servers' programs; the service's is 21

# The servers' files: NAME says whose, and a large one is everybody's.
files() {
	local name
	head -c "$(scaled 2000000)" /dev/urandom >"$TMP/large"
	for name in s1 s2 s3; do
		mkdir -p "$TMP/$name"
		echo "$name" >"$TMP/$name/NAME"
		cp "$TMP/large" "$TMP/$name/large"
	done
}

# Nothing but a data connection with the client itself will do. The kernel writes an
# IPv6 address into EPRT in full, which pyftpdlib, comparing texts, takes for another.
cat >"$TMP/server" <<'END'
import sys, warnings
warnings.simplefilter("ignore")
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
address, port, directory = sys.argv[1:]
FTPHandler.authorizer = DummyAuthorizer()
FTPHandler.authorizer.add_anonymous(directory, perm="elradfmwMT")
FTPHandler.permit_foreign_addresses = ":" in address
FTPServer((address, int(port)), FTPHandler).serve_forever()
END

listens() { [[ -n $(inside "$1" ss -Hltn "src $(addr "$1" "$PORT")") ]]; }

ftp_servers() {
	local name
	for name in s1 s2 s3; do
		inside "$name" /usr/bin/python3 "$TMP/server" "${SERVER[$name]}" "$PORT" "$TMP/$name" \
			>"$TMP/$name.log" 2>&1 {PAUSE_FD}>&- &
		LOAD_PID[ftp-$name]=$!
	done
	for name in s1 s2 s3; do busywait 60 listens "$name"; done
}

ftp_servers_end() {
	local name
	for name in s1 s2 s3; do
		kill "${LOAD_PID[ftp-$name]}"
		wait "${LOAD_PID[ftp-$name]}" || :
		unset "LOAD_PID[ftp-$name]"
	done
}

# ftp WORD...: curl at the client
ftp() { inside client curl -sS --max-time $((10 * WEIR_TIME_SCALE)) --no-ftp-skip-pasv-ip "$@"; }

url() { if [[ $FAMILY == 4 ]]; then echo "ftp://$VIP/$1"; else echo "ftp://[$VIP]/$1"; fi; }

# in_one_place NAME: one server, and no more, has what was sent as NAME, whole
in_one_place() {
	local found=("$TMP"/s[123]/"$1")
	is "${#found[@]}" 1 && cmp "${found[0]}" "$TMP/large"
}

# Control connections that the service has had.
controls() { of_service tcp 21 stats.conns; }

# transfers WHAT OPTION...: one file each way
transfers() {
	local what=$1 before sent
	shift
	sent=${what// /-}-$FAMILY
	before=$(controls)
	rm -f "$TMP/got"
	check "$what: a file is fetched" ftp "$@" -o "$TMP/got" "$(url large)"
	check "$what: and is whole" cmp "$TMP/got" "$TMP/large"
	check "$what: a file is sent" ftp "$@" -T "$TMP/large" "$(url "$sent")"
	check "$what: and is whole, with one server" in_one_place "$sent"
	check "$what: the service counts the control connections" is $(($(controls) - before)) 2
}

# spread: how many control connections each server has had
spread() {
	local name counts=()
	for name in s1 s2 s3; do counts+=("$(of_server tcp 21 "$name" stats.conns)"); done
	echo "${counts[*]}"
}

at_once() { # WHAT OPTION...
	local what=$1 options=() i whole=0 before after
	shift
	read -ra before <<<"$(spread)"
	for i in 1 2 3 4 5 6; do options+=(-o "$TMP/got$i" "$(url large)"); done
	rm -f "$TMP"/got?
	check "$what: six files are fetched at once" \
		ftp "$@" --parallel --parallel-immediate "${options[@]}"
	for i in 1 2 3 4 5 6; do
		! cmp -s "$TMP/got$i" "$TMP/large" || whole=$((whole + 1))
	done
	check "$what: and all are whole" is "$whole" 6
	read -ra after <<<"$(spread)"
	check "$what: from all servers" \
		is "$((after[0] - before[0])) $((after[1] - before[1])) $((after[2] - before[2]))" "2 2 2"
}

# nobody_closes: no connection waits for the end of its other half
nobody_closes() { fails matches "$(weir conn list)" " (fin-wait|close-wait|last-ack) "; }

# Data connections are known as such, and to the VIP.
related() {
	local entries
	conntrack -F 2>/dev/null
	ftp -o "$TMP/got" "$(url NAME)"
	busywait 5 nobody_closes || :
	entries=$(conntrack -L -f "ipv$FAMILY" -p tcp --orig-dst "$VIP" 2>/dev/null)
	check "a control and a data connection are an entry each, to the VIP" \
		is "$(grep -c "src=$CLIENT dst=$VIP " <<<"$entries")" 2
	check "and both are with the server that was picked" \
		is "$(grep -c " src=${SERVER[$(<"$TMP/got")]} dst=$CLIENT " <<<"$entries")" 2
}

without_helper() {
	weir service set "$(key tcp 21)" helper none
	check "without helper: passive mode leads the client astray" \
		fails ftp --max-time 4 --disable-epsv -o "$TMP/got" "$(url NAME)"
	check "without helper: so does active mode" fails ftp --max-time 4 -P - -o "$TMP/got" "$(url NAME)"
	weir service set "$(key tcp 21)" helper ftp
}

# Servers that know nothing of clients, but only of the director.
masqueraded() {
	masquerade
	transfers "masqueraded, passive" --disable-epsv
	transfers "masqueraded, active" -P - --disable-eprt
	nft delete table inet outgoing
}

body() {
	local name words=()
	ftp_servers
	service tcp 21 scheduler rr conntrack on helper ftp
	for name in s1 s2 s3; do
		set_addr "$name" "$PORT"
		words+=(server "$ADDR" method nat)
	done
	weir service replace "$(key tcp 21)" "${words[@]}"
	check "show names the helper" matches "$(weir show "$(key tcp 21)")" " helper ftp"
	check "JSON names the helper" is "$(of_service tcp 21 helper)" ftp
	transfers "EPSV"
	[[ $FAMILY == 6 ]] || transfers "PASV" --disable-epsv
	transfers "EPRT" -P -
	[[ $FAMILY == 6 ]] || transfers "PORT" -P - --disable-eprt
	at_once "passive"
	at_once "active" -P -
	related
	without_helper
	masqueraded
	weir flush
	ftp_servers_end
	rm -f "$TMP"/s?/*-"$FAMILY"
}

files
inside client ip link set back0 down
for_each_family body
