#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Bad command lines never reach the kernel: exit 2, nothing on standard output
# and one line on standard error that names the offending word. Needs no module.
# TAP; WEIR=FILE tests another binary.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
weir=${WEIR:-$here/../../userspace/build/weir}
key=tcp:192.0.2.10:80
addr=198.51.100.11:8080
n=0
failed=0

result() {
	n=$((n + 1))
	if [[ $1 == 0 ]]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=$((failed + 1))
	fi
}

# bad WORD ARG...: the command line is refused and the line tells WORD.
bad() {
	local word=$1 out err status=0
	shift
	out=$(mktemp)
	err=$("$weir" "$@" 2>&1 >"$out") || status=$?
	if [[ $status == 2 && ! -s $out && $(wc -l <<<"$err") == 1 &&
		$err == "weir: "*"$word"* ]]; then
		result 0 "refused: weir ${*//[$'\n\t\r']/ }"
	else
		result 1 "refused: weir ${*//[$'\n\t\r']/ }"
		printf '# exit %s, names %q: %s\n' "$status" "$word" "$err"
	fi
	rm -f "$out"
}

# meant WORD GUESS ARG...: refused too, and the line asks for GUESS.
meant() {
	local guess=$2 err
	bad "$1" "${@:3}"
	err=$("$weir" "${@:3}" 2>&1)
	[[ $err == *"did you mean $guess?"* ]]
	result $? "asks for $guess: weir ${*:3}"
}

# good ARG...: help, exit 0.
good() {
	local out status=0
	out=$("$weir" "$@" 2>/dev/null) || status=$?
	[[ $status == 0 && $out == *weir* ]]
	result $? "helps: weir $*"
}

[[ -x $weir ]] || { echo "1..0 # SKIP no $weir"; exit 4; }

good help
good --help
good -h
good help server
for noun in service server conn affinity show stats monitor config flush import export; do
	good $noun help
	good $noun --help
done
good server add help

"$weir" >/dev/null 2>&1
[[ $? == 2 ]]
result $? "the bare command does nothing and exits 2"

# Nouns and verbs
bad foo foo
bad "''" ""
bad Service Service add $key
bad -x -x
bad --json --json show
bad -j -j -j show
bad nonsense help nonsense
bad more help server more
bad service service
bad server server
bad conn conn
bad config config
bad many service set $key half-open-max many
bad -1 service set $key half-open-max -1
bad 4294967296 service set $key half-open-max 4294967296
bad here server add $key $addr method here
meant servce service servce add $key
meant monitro monitor monitro
meant ad add service ad $key
meant romove remove service romove $key
meant dorps drops stats dorps
meant lsit list conn lsit
bad start service start $key
bad frobnicate server frobnicate $key $addr
bad add conn add
bad -j -j service add $key
bad -j -j flush

# Keys
bad add service add
bad add server add
bad remove service remove
bad 192.0.2.10:80 service add 192.0.2.10:80
bad sctp:192.0.2.10 service add sctp:192.0.2.10
bad fwmark:0 service add fwmark:0
bad fwmark6: service add fwmark6:
bad fwmark:0x7 service add fwmark:0x7
bad tcp:192.0.2.10:all service add tcp:192.0.2.10:all
bad tcp:any service add tcp:any
bad '198.51.100.11:any' server add tcp:192.0.2.10:any 198.51.100.11:any
bad icmp:192.0.2.10:80 service add icmp:192.0.2.10:80
bad tcp:192.0.2.10 service add tcp:192.0.2.10
bad tcp:192.0.2.10:0 service add tcp:192.0.2.10:0
bad tcp:192.0.2.10:65536 service add tcp:192.0.2.10:65536
bad tcp:192.0.2.10:http service add tcp:192.0.2.10:http
bad tcp:192.0.2.256:80 service add tcp:192.0.2.256:80
bad tcp:2001:db8::1:80 service add tcp:2001:db8::1:80
bad 'tcp:[2001:db8::1]' service add 'tcp:[2001:db8::1]'
bad 'tcp:[2001:db8::1]:80x' service add 'tcp:[2001:db8::1]:80x'
bad 'tcp:[192.0.2.10]:80' service remove 'tcp:[192.0.2.10]:80'
bad "''" service add ""
bad 'tcp:\x0a' service add $'tcp:\n'
bad '\x1b[31m' service add $'\x1b[31m'
bad xxxx service add "$(printf 'x%.0s' {1..5000})"

# Options of services
bad scheduler service add $key scheduler
bad sixteen-letters- service add $key scheduler sixteen-letters-
bad "''" service add $key scheduler ""
bad scheduler service add $key scheduler rr scheduler wlc
bad maybe service add $key midstream maybe
meant rest reset service add $key midstream rest
bad yes service add $key conntrack yes
bad 1 service add $key one-packet 1
bad one-packet service set $key one-packet on one-packet off
bad yes service set $key icmp-schedule yes
meant one-paket one-packet service add $key one-paket on
bad 1 service add $key conntrack 1
bad fast service add $key fast
bad yes service add $key fast yes
bad 1 service set $key fast 1
bad fast service set $key fast on fast off
bad hook service add $key hook
bad forward service add $key hook forward
bad Host service add $key hook Host
bad hook service set $key hook host hook ingress
meant ingres ingress service add $key hook ingres
meant fsat fast service add $key fsat on
bad local-addresses service add $key local-addresses
bad nobody service add $key local-addresses nobody
bad 198.51.100 service add $key local-addresses 198.51.100.1,198.51.100
bad "''" service add $key local-addresses 198.51.100.1,
bad 198.51.100.1:80 service set $key local-addresses 198.51.100.1:80
bad 192.0.2.65 service set $key local-addresses \
	"$(printf '192.0.2.%d,' {1..64})192.0.2.65"
bad local-addresses service set $key local-addresses none local-addresses none
meant fullant fullnat server add $key $addr method fullant
meant hok hook service set $key hok host
bad helper service add $key helper
bad sip service add $key helper sip
bad helper service set $key helper ftp helper none
meant fpt ftp service add $key helper fpt
bad fast server add $key $addr fast on
bad timeout service add $key timeout
bad udp service add $key timeout udp
bad udp service add $key timeout udp 5m timeout udp 6m
bad 30 service add $key timeout udp 30
bad 500ms service add $key timeout udp 500ms
bad 8d service add $key timeout udp 8d
bad 4m2h service add $key timeout udp 4m2h
bad 5sec service add $key timeout udp 5sec
bad 99999999999999999999s service add $key timeout udp 99999999999999999999s
meant tcp-finn tcp-fin service add $key timeout tcp-finn 5m
meant shceduler scheduler service add $key shceduler rr
bad weight service add $key weight 3
bad yes service add $key fallback yes
bad 1 service set $key hash-port 1
bad hash-key service add $key hash-key
bad 0011 service add $key hash-key 0011
bad 00112233445566778899aabbccddeefg service set $key hash-key 00112233445566778899aabbccddeefg
meant rest reset service add $key no-server rest
meant fallbakc fallback service add $key fallbakc on
bad $key service set $key
bad more service remove $key more

bad affinity service add $key affinity
bad 5 service add $key affinity 5
bad 500ms service add $key affinity 500ms
bad 32d service add $key affinity 32d
bad on service set $key affinity on
bad affinity service set $key affinity 5m affinity off
bad 129 service add $key affinity-mask 129
bad 255.255.255.0 service add $key affinity-mask 255.255.255.0
meant call-di call-id service add $key affinity-by call-di
bad address service add $key affinity-by address
meant kepe keep service set $key affinity-weightless kepe
bad 0 service add $key affinity-limit 0
bad 4294967296 service add $key affinity-limit 4294967296

# Servers
bad $key server add $key
bad 198.51.100 server add $key 198.51.100
bad 198.51.100.11:0 server add $key 198.51.100.11:0
bad 198.51.100.11: server add $key 198.51.100.11:
bad '[2001:db8::1]:' server add $key '[2001:db8::1]:'
bad 'fe80::1%eth0' server add $key 'fe80::1%eth0'
bad example.org server add $key example.org
bad method server add $key $addr method
bad masq server add $key $addr method masq
meant dircet direct server add $key $addr method dircet
bad weight server add $key $addr weight
bad -1 server add $key $addr weight -1
bad 65536 server add $key $addr weight 65536
bad 1.5 server add $key $addr weight 1.5
bad 0x10 server add $key $addr weight 0x10
bad weight server add $key $addr weight 1 weight 2
bad -1 server add $key $addr conns-max -1
bad 2147483648 server set $key $addr conns-max 2147483648
bad many server add $key $addr conns-max 5 conns-resume many
meant conns-mx conns-max server set $key $addr conns-mx 5
meant wieght weight server add $key $addr wieght 2
bad state server add $key $addr state up
bad vxlan server add $key $addr tunnel vxlan
meant iipip ipip server add $key $addr tunnel iipip
bad 0 server add $key $addr tunnel-port 0
bad 65536 server add $key $addr tunnel-port 65536
bad remotely server set $key $addr tunnel-checksum remotely
bad deadline server add $key $addr deadline 5s
bad $addr server set $key $addr
bad removed server set $key $addr state removed
bad forget server set $key $addr policy forget
bad 30 server set $key $addr deadline 30
bad 8d server drain $key $addr deadline 8d
bad weight server drain $key $addr weight 0
bad deadline server drain $key $addr deadline
bad state server remove $key $addr state down
bad trailing server remove $key $addr policy keep trailing

# Replacement
bad $addr service replace $key $addr
bad server service replace $key server
bad 198.51.100.11 service replace $key server 198.51.100.11:80 server 198.51.100.11
bad x service replace $key server $addr weight x server 198.51.100.12
bad weight service replace $key server $addr weight 1 weight 1
bad state service replace $key server $addr state down

# Reading and the rest
bad show-me show show-me
bad interval show interval
bad 3 show interval 3
bad 2d show $key interval 2d
bad $key show interval 1s $key
bad extra show $key extra
bad extra stats drops extra
bad extra monitor extra
bad extra flush extra
bad kill conn kill
bad all conn kill client 192.0.2.1 all
bad x conn kill all x
bad service conn list service
bad foo conn list service foo
bad 1.2.3 conn list client 1.2.3
bad server conn list server 192.0.2.1 server 192.0.2.2
meant cleint client conn list cleint 192.0.2.1
bad remove affinity remove
bad all affinity remove client 192.0.2.1 all
bad x affinity remove all x
bad kill affinity kill
bad 192.0.2.1:80 affinity list client 192.0.2.1:80
bad foo affinity list service foo
meant lsit list affinity lsit
bad set config set
bad conns-max config set conns-max
bad 0 config set conns-max 0
bad 4294967296 config set conns-max 4294967296
meant conn-max conns-max config set conn-max 5
bad affinity-max config set affinity-max
bad 0 config set affinity-max 0
bad 4294967296 config set affinity-max 4294967296
bad fast config set fast
bad 1 config set fast 1
bad yes config set conns-max 5 fast yes
bad fast config set fast on fast off
bad hook config set hook host
meant fats fast config set fats on
bad extra config show extra

# Files of ipvsadm. imports LINE...: as a file, whose last line is told.
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
imports() { # WORD LINE...
	printf '%s\n' "${@:2}" >"$lines"
	bad "$lines:$(($# - 1)): $1: " import ipvsadm "$lines"
}
virtual='-A -t 192.0.2.10:80 -s wlc'
real='-a -t 192.0.2.10:80 -r 198.51.100.11:8080'

bad import import
bad export export
bad ipvsadm import ipvsadm
bad more import ipvsadm - more
bad more export ipvsadm more
meant ipvsadmn ipvsadm import ipvsadmn "$lines"
meant exprot export exprot ipvsadm
bad -j -j import ipvsadm "$lines"
bad -j -j export ipvsadm
bad /nonexistent import ipvsadm /nonexistent
imports hello hello
imports -A '-A'
imports -t '-t 192.0.2.10:80 -A'
imports -C '-C'
imports -D "$virtual" '' '# a comment' '-D -t 192.0.2.10:80'
imports --set '--set 900 120 300'
imports --start-daemon '--start-daemon master'
imports -A "$virtual" "$virtual"
imports -E '-E -t 192.0.2.10:80'
imports -a "$real -m"
imports 198.51.100.11:8080 "$virtual" "$real -m" "$real -m"
imports -r "$virtual -r 198.51.100.11"
imports -m "$virtual" "$real -g -m"
imports 192.0.2.10:65536 '-A -t 192.0.2.10:65536'
imports 192.0.2:80 '-A -t 192.0.2:80'
imports '[2001:db8::1]80' '-A -t [2001:db8::1]80'
imports 0 '-A -f 0'
imports -6 "$virtual -6"
imports 255.0.255.0 "$virtual -p 60 -M 255.0.255.0"
imports 2678401 "$virtual -p 2678401"
imports nosuch '-A -u 192.0.2.10:53 -p 60 --pe nosuch'
imports sip "$virtual -p 60 --pe sip"
imports -o "$virtual -o"
imports -m '-A -u 192.0.2.10:53 -o' '-a -u 192.0.2.10:53 -r 198.51.100.11 -m'
imports sh-port "$virtual -b sh-port"
imports flag-9 "$virtual -b flag-9"
imports 65536 "$virtual" "$real -m -w 65536"
imports 9 "$virtual" "$real -m -x 5 -y 9"
imports '[2001:db8::1]:80' "$virtual" '-a -t 192.0.2.10:80 -r [2001:db8::1]:80 -m'
imports gue "$virtual" "$real -i --tun-type gue"
imports --tun-csum "$virtual" "$real -m --tun-csum"
imports --tun-remcsum "$virtual" "$real -i --tun-type gre --tun-remcsum"
imports maybe "$virtual" '# weir service set tcp:192.0.2.10:80 fast maybe'
imports tcp:192.0.2.10:81 "$virtual" '# weir service set tcp:192.0.2.10:81 fast on'
imports 198.51.100.11 "$virtual" '# weir server set tcp:192.0.2.10:80 198.51.100.11 weight 3'

"$weir" help >/dev/full 2>/dev/null
[[ $? == 1 ]]
result $? "an output that cannot be written is exit 1"

echo "1..$n"
exit $((failed > 0))
