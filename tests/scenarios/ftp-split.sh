#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# FTP that comes in pieces: clients that send PORT and EPRT, and a server that sends
# its answers to PASV and EPSV, in several TCP segments, where each waits for what it
# has sent to be acknowledged or not, and where packets are lost. The addresses that
# are in them are understood all the same, and files come whole by the connections
# made to these. The client has no way to the server but the VIP here.
#
# Runs once: what conntrack sees never takes the fast path.
#
# Takes long, most of which is waiting.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/masquerade.sh
. "${0%/*}/../lib/masquerade.sh"

modprobe nf_nat_ftp 2>/dev/null || skip_all "no nf_nat_ftp here"
conntrack -L >/dev/null 2>&1 || skip_all "conntrack cannot list its entries here"

PORT=2121	# of the server's program; the service's is 21

# ftp serve ADDRESS PORT FILE, or ftp fetch|leave ADDRESS PORT FILE MANNER COMMAND...:
# fetch gets the file twice as each COMMAND says, by a control connection each, and wants
# the data from ADDRESS; leave breaks off within a command. MANNER is how both send what
# names addresses:
#   nagle   the beginning, and the rest, which the kernel keeps back until the
#           beginning has been acknowledged
#   eager   in three segments, without waiting for anything
#   bytes   byte by byte, each when the one before has been acknowledged
#   behind  the beginning behind another line, in the same segment
cat >"$TMP/ftp" <<'END'
import fcntl, os, re, socket, struct, sys, termios, threading, time

mode, address, port, name = sys.argv[1:5]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
patience = 40 * int(os.environ["WEIR_TIME_SCALE"])

def acknowledged(sock):
    end = time.monotonic() + patience
    while struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"\0" * 4))[0]:
        if time.monotonic() > end:
            sys.exit("a piece is not acknowledged")
        time.sleep(0.002)

def send(sock, line, manner, before):
    line = line.encode() + b"\r\n"
    acknowledged(sock)
    if manner == "nagle":
        pieces = [line[:7], line[7:]]
    elif manner == "eager":
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pieces = [line[:2], line[2:-1], line[-1:]]
    elif manner == "bytes":
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pieces = [line[i:i + 1] for i in range(len(line))]
    else:
        pieces = [before + line[:3], line[3:]]
    for piece in pieces:
        sock.sendall(piece)
        if manner == "bytes":
            acknowledged(sock)

def split(sock):
    host, port = sock.getsockname()[:2]
    return "%s,%d,%d" % (host.replace(".", ","), port >> 8, port & 255), host, port

def joined(text):
    numbers = re.search(r"(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)", text).groups()
    return ".".join(numbers[:4]), int(numbers[4]) * 256 + int(numbers[5])

def listener(address):
    sock = socket.socket(family)
    sock.settimeout(patience)
    sock.bind((address, 0))
    sock.listen()
    return sock

def session(sock, data):
    manner, passive, active = "whole", None, None
    for line in sock.makefile("r", newline="\r\n"):
        command, _, value = line.strip().partition(" ")
        if command == "SITE":
            manner = value
            sock.sendall(b"200 as you like\r\n")
        elif command in ("PASV", "EPSV"):
            passive = listener(sock.getsockname()[0])
            text, _, number = split(passive)
            if command == "PASV":
                send(sock, "227 Entering Passive Mode (%s)." % text, manner, b"227-Well\r\n")
            else:
                send(sock, "229 Entering Extended Passive Mode (|||%d|)" % number, manner, b"229-Well\r\n")
        elif command in ("PORT", "EPRT"):
            active = joined(value) if command == "PORT" else value.split("|")[2:4]
            sock.sendall(b"200 got it\r\n")
        elif command == "RETR":
            sock.sendall(b"150 here it comes\r\n")
            if passive:
                there, _ = passive.accept()
            else:
                there = socket.create_connection((active[0], int(active[1])), patience)
            there.sendall(data)
            there.close()
            passive = active = None
            sock.sendall(b"226 done\r\n")
        else:
            sock.sendall(b"200 fine\r\n")

def guarded(sock, data):
    try:
        session(sock, data)
    except OSError as error:
        print(error, flush=True)
    sock.close()

def serve(data):
    main = socket.socket(family)
    main.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    main.bind((address, int(port)))
    main.listen()
    while True:
        sock, _ = main.accept()
        sock.sendall(b"220 ready\r\n")
        threading.Thread(target=guarded, args=(sock, data), daemon=True).start()

def answer(stream, wanted):
    line = stream.readline()
    while line and not re.match(r"\d\d\d ", line):
        line = stream.readline()
    if not line.startswith(wanted):
        sys.exit("got '%s', wanted %s" % (line.strip(), wanted))
    return line

def open_data(sock, stream, command, manner):
    if command == "PASV":
        sock.sendall(b"PASV\r\n")
        return joined(answer(stream, "227"))
    if command == "EPSV":
        sock.sendall(b"EPSV\r\n")
        return address, int(answer(stream, "229").split("|||")[1].split("|")[0])
    there = listener(sock.getsockname()[0])
    text, host, number = split(there)
    line = "PORT " + text
    if command == "EPRT":
        line = "EPRT |%d|%s|%d|" % (2 if family == socket.AF_INET6 else 1, host, number)
    send(sock, line, manner, b"NOOP\r\n")
    if manner == "behind":
        answer(stream, "200")
    answer(stream, "200")
    return there

def fetch(data, manner, *commands):
    for command in commands:
        print(command, flush=True)
        fetch_by(data, command, manner)

def fetch_by(data, command, manner):
    sock = socket.create_connection((address, int(port)), patience)
    stream = sock.makefile("r", newline="\r\n")
    answer(stream, "220")
    sock.sendall(b"SITE " + manner.encode() + b"\r\n")
    answer(stream, "200")
    for i in range(2):
        place = open_data(sock, stream, command, manner)
        if isinstance(place, tuple):
            there, peer = socket.create_connection(place, patience), place
        sock.sendall(b"RETR file\r\n")
        answer(stream, "150")
        if not isinstance(place, tuple):
            there, peer = place.accept()
        if peer[0] != address:
            sys.exit("data from %s" % peer[0])
        there.settimeout(patience)
        got = b"".join(iter(lambda: there.recv(65536), b""))
        if got != data:
            sys.exit("%d bytes of %d, or others" % (len(got), len(data)))
        answer(stream, "226")
        sock.sendall(b"NOOP\r\n")
        answer(stream, "200")

def leave(data):
    sock = socket.create_connection((address, int(port)), patience)
    answer(sock.makefile("r", newline="\r\n"), "220")
    sock.sendall(b"NOOP\r\n")
    answer(sock.makefile("r", newline="\r\n"), "200")
    sock.sendall(b"POR")
    acknowledged(sock)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()

data = open(name, "rb").read()
if mode == "serve":
    serve(data)
globals()[mode](data, *sys.argv[5:])
END

listens() { [[ -n $(inside s1 ss -Hltn "src $(addr s1 "$PORT")") ]]; }
holds_none() { [[ -z $(inside s1 ss -Htn state established "src $(addr s1 "$PORT")") ]]; }

ftp() { inside client /usr/bin/python3 "$TMP/ftp" "$1" "$VIP" 21 "$TMP/file" "${@:2}"; }

ftp_server() {
	inside s1 /usr/bin/python3 "$TMP/ftp" serve "${SERVER[s1]}" "$PORT" "$TMP/file" \
		>"$TMP/s1.log" 2>&1 {PAUSE_FD}>&- &
	LOAD_PID[ftp]=$!
	busywait 60 listens
}

ftp_server_end() {
	kill "${LOAD_PID[ftp]}"
	wait "${LOAD_PID[ftp]}" || :
	unset "LOAD_PID[ftp]"
}

# fetched WHAT MANNER...: by all commands that the family has
fetched() {
	local manner commands=(EPSV EPRT)
	[[ $FAMILY == 6 ]] || commands+=(PASV PORT)
	for manner in "${@:2}"; do
		check "$1$manner: files come whole, from the VIP" ftp fetch "$manner" "${commands[@]}"
	done
}

# Every so many packets of control connections are lost, before the director has seen
# them and after that.
losses() {
	local name
	for name in director client s1; do
		inside "$name" nft -f - <<END
table inet losses {
	chain in {
		type filter hook prerouting priority -400
		tcp sport { 21, $PORT } tcp flags & (syn | rst) == 0 numgen inc mod $1 == 0 counter drop
		tcp dport { 21, $PORT } tcp flags & (syn | rst) == 0 numgen inc mod $1 == 0 counter drop
	}
}
END
	done
}

lost() { # NAME
	local packets
	packets=$(inside "$1" nft list table inet losses | sed -n 's/.*packets \([0-9]*\) .*/\1/p' | paste -sd+)
	echo $((packets))
}

with_losses() {
	local name
	losses 7
	fetched "with losses, " nagle eager
	check "packets were lost on their way to the director" atleast "$(lost director)" 8
	check "and on their way to the server" atleast "$(lost s1)" 3
	check "and on their way to the client" atleast "$(lost client)" 3
	for name in director client s1; do inside "$name" nft delete table inet losses; done
}

# The server hears of another address than the client has, of another length.
masqueraded() {
	masquerade
	fetched "masqueraded, " bytes
	nft delete table inet outgoing
}

breaks_off() {
	check "a client leaves within a command" ftp leave
	check "and the server hears of it" busywait 10 holds_none
}

body() {
	ftp_server
	service tcp 21 conntrack on helper ftp
	set_addr s1 "$PORT"
	weir server add "$(key tcp 21)" "$ADDR" method nat
	fetched "" nagle eager bytes behind
	breaks_off
	masqueraded
	with_losses
	weir flush
	ftp_server_end
}

head -c "$(scaled 100000)" /dev/urandom >"$TMP/file"
inside client ip link set back0 down
for_each_family body
