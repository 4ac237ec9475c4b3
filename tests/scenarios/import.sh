#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Files of ipvsadm: what the real ipvsadm has set and saved, weir import ipvsadm brings
# back as it was, and weir export ipvsadm writes for the real ipvsadm-restore.
#
#	ipvsadm --> weir_ipvs --> ipvsadm -Sn --> weir import --.
#	   ^                                                    v
#	   '-- ipvsadm-restore <-- weir export <------------ services
#
# Whatever stands in the way of one line, nothing of its file is applied.
#
# Runs once, for both families: no packet is forwarded.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

IPVS_KO=${WEIR_KO%weir*}weir_ipvs${WEIR_KO##*weir}
type ipvsadm ipvsadm-restore >/dev/null 2>&1 || skip_all "no ipvsadm here"

FILE=$TMP/saved

# Everything that ipvsadm can give a service and a server, but for thresholds in the
# order in which it saves them.
rich() {
	cat <<-'END'
		-A -t 10.9.9.1:80 -s wlc -p 300 -M 255.255.255.0
		-a -t 10.9.9.1:80 -r 10.9.9.2:8080 -m -w 3 -x 1000 -y 500
		-a -t 10.9.9.1:80 -r 10.9.9.3 -g -w 0
		-a -t 10.9.9.1:80 -r 10.9.9.4 -i --tun-type gue --tun-port 6080 --tun-csum
		-a -t 10.9.9.1:80 -r 10.9.9.5 -i --tun-type gue --tun-port 6081 --tun-remcsum
		-a -t 10.9.9.1:80 -r 10.9.9.6 -i --tun-type gre --tun-nocsum -w 65535
		-a -t 10.9.9.1:80 -r 10.9.9.7 -i
		-a -t 10.9.9.1:80 -r [2001:db8::7]:80 -i
		-A -t 192.0.2.10:443 -s sh -b sh-port
		-a -t 192.0.2.10:443 -r 198.51.100.11:8443 -m -x 7
		-A -t 10.9.9.1:0 -s sed -p 600 -M 0.0.0.0
		-a -t 10.9.9.1:0 -r 10.9.9.2:0 -g
		-A -u [2001:db8::1]:53 -s sh -b sh-port,sh-fallback -o
		-a -u [2001:db8::1]:53 -r [2001:db8::2]:53 -g
		-A -u [2001:db8::1]:54 -s wrr -p 60 -M 64
		-a -u [2001:db8::1]:54 -r [2001:db8::2]:5454 -m -w 2
		-A -f 5 -s mh -b mh-port
		-a -f 5 -r 10.9.9.9:0 -g
		-a -f 5 -r 10.9.9.8:8080 -m
		-A -f 5 -6 -s rr
		-a -f 5 -6 -r [2001:db8::9]:0 -g
		-A -f 6 -s mh -b mh-fallback,mh-port -p 60
		-A --sctp-service 10.9.9.1:3868 -s lc
		-a --sctp-service 10.9.9.1:3868 -r 10.9.9.2:3868 -m
		-A --sctp-service [2001:db8::1]:3868 -s nq
		-A -u 10.9.9.1:5060 -s rr -p 60 --pe sip
		-A -t 10.9.9.1:81 -s lblc
		-A -t 10.9.9.1:82 -s lblcr
		-A -t 10.9.9.1:83 -s dh
		-A -t 10.9.9.1:85 -s fo
		-A -t 10.9.9.1:86 -s ovf
		-A -t 10.9.9.1:87 -s twos
	END
}

plain() { grep -v '^#' || :; }
exported() { weir export ipvsadm; }
thresholds() { ipvsadm -Ln --thresholds; }

# exits STATUS COMMAND...: the output goes to $SAID
exits() {
	local status=0 wanted=$1
	shift
	SAID=$("$@" 2>&1) || status=$?
	is "$status" "$wanted" || { echo "$SAID"; return 1; }
}

same_after() { # COMMAND..., what is exported is as before
	local before
	before=$(exported)
	"$@" || return
	diff <(echo "$before") <(exported)
}

# lines LINE...: as a file
lines() { printf '%s\n' "$@" >"$FILE"; }

what_ipvsadm_saves() {
	local limits
	rich | ipvsadm -R
	ipvsadm -Sn >"$FILE"
	limits=$(thresholds)
	check "all of it is set" is "$(wc -l <"$FILE")" "$(rich | wc -l)"
	check "weir export ipvsadm without comments is what ipvsadm -Sn says" \
		diff <(exported | plain) "$FILE"
	weir export ipvsadm >"$TMP/exported"

	weir flush
	check "a file that ipvsadm saved is imported" weir import ipvsadm "$FILE"
	check "then ipvsadm saves the same" diff "$FILE" <(ipvsadm -Sn)
	check "importing it once more changes nothing" same_after weir import ipvsadm "$FILE"

	weir flush
	check "what weir exported is imported from standard input" weir import ipvsadm - <"$TMP/exported"
	check "then weir exports the same" diff "$TMP/exported" <(exported)
	check "thresholds, which ipvsadm -S loses, are there" is "$(thresholds)" "$limits"

	weir flush
	check "ipvsadm-restore takes what weir exported" exits 0 ipvsadm-restore <"$TMP/exported"
	check "without a complaint" is "$SAID" ""
	check "then ipvsadm saves the same" diff "$FILE" <(ipvsadm -Sn)
	weir flush
}

# ipvsadm -S looks names up; nobody here knows hosts, but services(5) has ports.
names_of_ports() {
	lines "-A -u 10.9.9.1:53 -s rr" "-a -u 10.9.9.1:53 -r 10.9.9.2:80 -m -w 1"
	weir import ipvsadm "$FILE"
	ipvsadm -Sn >"$TMP/numbers"
	ipvsadm -S >"$TMP/names"
	check "ipvsadm -S names ports" grep -q ":domain" "$TMP/names"
	weir flush
	check "its names are understood" weir import ipvsadm "$TMP/names"
	check "as the ports that they are" diff "$TMP/numbers" <(ipvsadm -Sn)
	weir flush
}

# What IPVS has no word for.
what_weir_has() {
	weir service add tcp:10.9.9.1:80 scheduler mh fallback on hash-port on \
		hash-key 00112233445566778899aabbccddeeff midstream reset no-server drop \
		timeout tcp-established 1h timeout tcp-fin 7s local-addresses 10.9.9.100,10.9.9.101 \
		affinity 2m affinity-limit 77 half-open-max 99
	weir server add tcp:10.9.9.1:80 10.9.9.2:8080 method fullnat weight 4 conns-max 10 conns-resume 5
	weir server add tcp:10.9.9.1:80 10.9.9.3:80 method local
	weir server add tcp:10.9.9.1:80 10.9.9.4 weight 9
	weir server set tcp:10.9.9.1:80 10.9.9.4 state down policy keep
	weir service add 'udp:[2001:db8::1]:53' hook ingress scheduler dh icmp-schedule on
	weir service add 'tcp:[2001:db8::1]:any' affinity 5m affinity-mask 0 affinity-by client
	weir service add udp:10.9.9.1:any fast off scheduler rr
	weir server add udp:10.9.9.1:any 10.9.9.2 conns-max 3
	weir service add tcp:10.9.9.1:21 conntrack on helper ftp
	weir service add fwmark6:7
	ipvsadm -Sn >"$FILE"
	weir export ipvsadm >"$TMP/exported"
	check "importing what ipvsadm saves leaves alone what that cannot say" \
		same_after weir import ipvsadm "$FILE"
	weir flush
	check "what IPVS has no word for is imported from its comment" weir import ipvsadm "$TMP/exported"
	check "all of it" diff "$TMP/exported" <(exported)
	check "importing it over itself changes nothing" same_after weir import ipvsadm "$TMP/exported"
	weir flush
	check "ipvsadm-restore reads the nearest form" exits 0 ipvsadm-restore <"$TMP/exported"
	check "without a complaint" is "$SAID" ""
	check "of all but what ipvsadm refuses" diff <(plain <"$TMP/exported") <(ipvsadm -Sn)
	weir flush
}

# ipvsadm writes marks of 32 bits as negative numbers, which it does not read itself.
large_mark() {
	weir service add fwmark6:4294967295
	ipvsadm -Sn >"$FILE"
	weir flush
	check "a mark that ipvsadm writes with a minus is imported" weir import ipvsadm "$FILE"
	check "as what it is" is "$(exported | plain)" "-A -f 4294967295 -6 -s wlc"
	check "ipvsadm-restore takes that" exits 0 ipvsadm-restore < <(exported)
	check "as the same" diff "$FILE" <(ipvsadm -Sn)
	weir flush
}

defaults() {
	local key
	for key in tcp:10.9.9.1:80 udp:10.9.9.1:80 sctp:10.9.9.1:80 fwmark:1; do
		weir service add "$key" affinity 5m affinity-weightless keep
		weir server add "$key" 10.9.9.2
	done
	check "options that have their defaults need no comment" \
		is "$(exported | grep '^# weir service' | sed 's/.* timeout [^ ]* [^ ]*//' | sort -u)" \
		" affinity-weightless keep"
	check "servers need none" is "$(exported | grep -c '^# weir server')" 0
	weir flush
}

others_and_options() {
	weir service add tcp:10.9.9.1:80 scheduler rr
	weir server add tcp:10.9.9.1:80 10.9.9.2 method nat
	weir service add tcp:10.9.9.1:81
	lines "-A -t 10.9.9.1:80 -s wrr" "-a -t 10.9.9.1:80 -r 10.9.9.3:80 -m -w 2"
	check "a file for a service that is there is imported" weir import ipvsadm "$FILE"
	check "its servers are those of the file, other services stay" is "$(ipvsadm -Sn)" \
		"$(<"$FILE")"$'\n-A -t 10.9.9.1:81 -s wlc'
	weir flush

	# Each option excludes the servers that the service had before.
	weir service add udp:10.9.9.1:53
	weir server add udp:10.9.9.1:53 10.9.9.2 method nat
	lines "-A -u 10.9.9.1:53 -s rr -o" "-a -u 10.9.9.1:53 -r 10.9.9.2:53 -g -w 1"
	check "from nat to one-packet scheduling" weir import ipvsadm "$FILE"
	check "the service is that of the file" diff "$FILE" <(ipvsadm -Sn)
	lines "-A -u 10.9.9.1:53 -s rr" "-a -u 10.9.9.1:53 -r 10.9.9.2:53 -m -w 1"
	check "and back" weir import ipvsadm "$FILE"
	check "it is that of the file again" diff "$FILE" <(ipvsadm -Sn)
	weir flush
}

all_or_nothing() {
	weir service add tcp:10.9.9.1:80 scheduler rr timeout tcp-fin 9s local-addresses 10.9.9.100
	weir server add tcp:10.9.9.1:80 10.9.9.2 method fullnat weight 5 conns-max 7
	weir server add tcp:10.9.9.1:80 10.9.9.4 weight 5
	weir server drain tcp:10.9.9.1:80 10.9.9.4
	weir service add udp:10.9.9.1:53
	weir server add udp:10.9.9.1:53 10.9.9.2 method nat

	{ rich; echo "-a -t 10.9.9.1:87 -r 10.9.9.2 -m -w many"; } >"$FILE"
	check "an error in the last line changes nothing" same_after exits 2 weir import ipvsadm "$FILE"
	exits 2 weir import ipvsadm "$FILE"
	check "the line is told, and the word" matches "$SAID" \
		"^weir: $FILE:$(wc -l <"$FILE"): many: a weight is .*"

	lines "-A -t 10.9.9.1:80 -s wlc -p 60" "-a -t 10.9.9.1:80 -r 10.9.9.9:81 -m -w 1" \
		"-A -t 10.9.9.1:88 -s rr" "-A -u 10.9.9.1:53 -s rr -o" \
		"-a -u 10.9.9.1:53 -r 10.9.9.3:53 -g" "-A -t 10.9.9.1:89 -s nosuch"
	check "a line that the kernel refuses changes nothing" \
		same_after exits 1 weir import ipvsadm "$FILE"
	exits 1 weir import ipvsadm "$FILE"
	check "the line is told, and the kernel's sentence" matches "$SAID" "^weir: $FILE:6: unknown scheduler"

	lines "-A -t 10.9.9.1:80 -s wlc" "-a -t 10.9.9.1:80 -r 10.9.9.9:81 -m" \
		"-a -t 10.9.9.1:80 -r 224.0.0.1:80 -m"
	check "nor does a server that the kernel refuses" same_after exits 1 weir import ipvsadm "$FILE"
	exits 1 weir import ipvsadm "$FILE"
	check "its line is told" matches "$SAID" "^weir: $FILE:3: a server's address must be unicast|^weir: $FILE:3: a server's address must be a unicast"
	weir flush
}

modprobe x_tables
insmod "$IPVS_KO"
what_ipvsadm_saves
names_of_ports
what_weir_has
large_mark
defaults
others_and_options
all_or_nothing
rmmod weir_ipvs
