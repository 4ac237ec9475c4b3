#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the kernel refuses: each request gets the sentence that says which rule it
# breaks, the attribute at fault, and changes nothing. Requests are put together
# attribute by attribute, as no well-behaved client would. And who may ask: root
# of the network namespace, in its own namespace only.
#
# Runs once: no packet is forwarded.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

# refuses ANSWER COMMAND WORD...: and lists the same services and servers as before
refuses() {
	local wanted=$1 verb=request
	shift
	[[ $1 != dump ]] || { verb=dump; shift; }
	check "${verb/request/a} $(shorter "$@") is refused: $wanted" refused "$wanted" "$verb" "$@"
}

refused() {
	packet "${@:2}"
	# Older kernels do not tell the attribute of a dump.
	[[ $2 != dump ]] || SAID=${SAID% (*}
	is "$SAID" "$1" && packet_is digest = "$DIGEST"
}

# shorter WORD...: a request as promises spell it
shorter() {
	local text=$*
	text=${text//"$K"/KEY}
	text=${text//ip:"$VIP"/VIP}
	text=${text//ip:"${SERVER[s1]}"/S1}
	text=${text//ip:"${SERVER[s2]}"/S2}
	echo "${text//ip:"$OTHER"/OTHER}"
}

prepare() {
	local number
	service tcp 80 scheduler rr
	server add nat tcp 80 s1 weight 3
	packet digest
	DIGEST=$SAID
	K="protocol=u8:6 address=ip:$VIP port=be16:80"
	# An address of the other family, and one that no host can have.
	if [[ $FAMILY == 4 ]]; then
		OTHER=2001:db8::1 MULTICAST=224.0.0.1 LOOPBACK=127.0.0.1 AF=2 RESERVED=240.0.0.1
	else
		OTHER=192.0.2.1 MULTICAST=ff02::1 LOOPBACK=::1 AF=10 RESERVED=2001:db8::9
	fi
	MANY='' ADDRESSES=''
	for ((number = 0; number < 65; number++)); do ADDRESSES+="address=ip:$VIP "; done
	for ((number = 0; number < 3; number++)); do
		MANY+="server[ address=ip:${SERVER[s2]} port=be16:$((8080 + number % 2)) method=u32:1 ] "
	done
}

# shellcheck disable=SC2086,SC2171 # the words of a request
services() {
	local new="protocol=u8:6 address=ip:$VIP port=be16:81"
	refuses "EEXIST a service with this protocol, address and port exists already (service.address)" \
		service-add service[ $K ]
	refuses "EINVAL the request needs a service" service-add
	refuses "EINVAL a service key needs protocol, address and port (service)" \
		service-add service[ protocol=u8:6 address=ip:$VIP ]
	refuses "EPROTONOSUPPORT a service's protocol is tcp, udp or sctp (service.protocol)" \
		service-add service[ protocol=u8:33 address=ip:$VIP port=be16:81 ]
	refuses "EINVAL an address is 4 bytes (IPv4) or 16 bytes (IPv6) (service.address)" \
		service-add service[ protocol=u8:6 address=hex:c00002 port=be16:81 ]
	refuses "EINVAL a service's address must be a unicast address (service.address)" \
		service-add service[ protocol=u8:6 address=ip:$MULTICAST port=be16:81 ]
	refuses "EINVAL unknown scheduler (service.scheduler)" service-add service[ $new scheduler=str:best ]
	refuses "ERANGE integer out of range (service.midstream)" service-add service[ $new midstream=u32:4 ]
	refuses "ERANGE integer out of range (service.conntrack)" service-set service[ $K conntrack=u8:2 ]
	refuses "ERANGE integer out of range (service.timeouts.udp)" \
		service-set service[ $K timeouts[ udp=u32:604800001 ] ]
	refuses "ERANGE integer out of range (service.timeouts.udp)" service-set service[ $K timeouts[ udp=u32:999 ] ]
	refuses "EINVAL a timeout is a whole number of seconds (service.timeouts)" \
		service-set service[ $K timeouts[ tcp-fin=u32:1500 ] ]
	refuses "EINVAL active is read-only (service.active)" service-add service[ $new active=u32:1 ]
	refuses "ENOENT no such service (service.address)" service-set service[ $new scheduler=str:rr ]
	refuses "ENOENT no such service (service.address)" service-remove service[ $new ]
	refuses "EINVAL this command takes only the key of the service (service.scheduler)" \
		service-remove service[ $K scheduler=str:rr ]
	refuses "EINVAL Unknown attribute type (service.99)" service-add service[ $new 99=u32:1 ]
	refuses "EINVAL Unknown attribute type (99)" service-add service[ $new ] 99=u32:1
	refuses "EINVAL Attribute failed policy validation (service.scheduler)" \
		service-add service[ $new scheduler=str:0123456789abcdef ]
	refuses "ERANGE Attribute failed policy validation (service.address)" \
		service-add service[ protocol=u8:6 address=hex:0102030405060708090a0b0c0d0e0f1011 port=be16:81 ]
	refuses "ERANGE integer out of range (service.fallback)" service-set service[ $K fallback=u8:2 ]
	refuses "ERANGE integer out of range (service.hash-port)" service-set service[ $K hash-port=u8:2 ]
	refuses "ERANGE integer out of range (service.no-server)" service-add service[ $new no-server=u32:4 ]
	refuses "EINVAL a hash key is 16 bytes, or none for a random one (service.hash-key)" \
		service-set service[ $K hash-key=hex:00112233445566778899aabbccddee ]
	refuses "ERANGE Attribute failed policy validation (service.hash-key)" \
		service-set service[ $K hash-key=hex:00112233445566778899aabbccddeeff00 ]
	refuses "EINVAL an address is 4 bytes (IPv4) or 16 bytes (IPv6) (service.local-addresses.address)" \
		service-add service[ $new local-addresses[ address=hex:c00002 ] ]
	refuses "EAFNOSUPPORT local addresses and service must be of the same address family (service.local-addresses)" \
		service-set service[ $K local-addresses[ address=ip:$OTHER ] ]
	refuses "EINVAL a service has at most 64 local addresses (service.local-addresses)" \
		service-set service[ $K local-addresses[ $ADDRESSES ] ]
	refuses "ENOENT no such service" dump service-get service[ $new ]
	refuses "EINVAL half-open is read-only (service.half-open)" service-set service[ $K half-open=u32:1 ]
}

# Services by firewall mark, of all ports, and without conns.
# shellcheck disable=SC2086,SC2171
kinds() {
	local mark="fwmark=u32:7 family=u8:$AF" any="protocol=u8:17 address=ip:$VIP port=be16:0"
	local s2="address=ip:${SERVER[s2]}"
	refuses "EINVAL fwmark and protocol exclude each other in a service key (service.protocol)" \
		service-add service[ $mark protocol=u8:6 ]
	refuses "EINVAL fwmark and address exclude each other in a service key (service.address)" \
		service-add service[ $mark address=ip:$VIP ]
	refuses "EINVAL fwmark and port exclude each other in a service key (service.port)" \
		service-add service[ $mark port=be16:80 ]
	refuses "EINVAL a service key with fwmark needs family (service)" service-add service[ fwmark=u32:7 ]
	refuses "EINVAL family goes with fwmark only, since an address tells its own (service.family)" \
		service-add service[ $K family=u8:$AF ]
	refuses "EINVAL a service's fwmark must not be 0 (service.fwmark)" \
		service-add service[ fwmark=u32:0 family=u8:$AF ]
	refuses "EINVAL a family is AF_INET or AF_INET6 (service.family)" \
		service-add service[ fwmark=u32:7 family=u8:1 ]
	refuses "ENOENT no such service (service.fwmark)" service-set service[ $mark scheduler=str:rr ]
	refuses "EINVAL one-packet on and a protocol other than udp exclude each other, since the packets of a connection belong to one server (service.one-packet)" \
		service-set service[ $K one-packet=u8:1 ]
	refuses "ERANGE integer out of range (service.one-packet)" service-set service[ $K one-packet=u8:2 ]
	refuses "ERANGE integer out of range (service.icmp-schedule)" service-set service[ $K icmp-schedule=u8:2 ]

	packet request service-add service[ $mark ]
	packet request server-add service[ $mark ] server[ $s2 port=be16:0 method=u32:1 ]
	packet request service-add service[ $any one-packet=u8:1 ]
	packet digest
	DIGEST=$SAID
	refuses "EEXIST a service with this firewall mark and family exists already (service.fwmark)" \
		service-add service[ $mark ]
	refuses "EEXIST a service with this protocol, address and port exists already (service.address)" \
		service-add service[ $any ]
	refuses "EINVAL one-packet on and the methods nat and fullnat exclude each other, since without a conn no reply is mapped back (service.one-packet)" \
		service-set service[ $mark one-packet=u8:1 ]
	refuses "EINVAL one-packet on and the methods nat and fullnat exclude each other, since without a conn no reply is mapped back (server.method)" \
		server-add service[ $any ] server[ $s2 port=be16:0 method=u32:1 ]
	refuses "EINVAL with methods direct, tunnel and local a server has no port where its service has no single one, since they rewrite nothing (server.port)" \
		server-add service[ $any ] server[ $s2 port=be16:53 ]
	refuses "EINVAL with methods direct, tunnel and local a server has no port where its service has no single one, since they rewrite nothing (server.port)" \
		server-add service[ $mark ] server[ $s2 port=be16:53 ]
	refuses "EAFNOSUPPORT server and service must be of the same address family unless the method is tunnel (server.address)" \
		server-add service[ $mark ] server[ address=ip:$OTHER port=be16:0 ]
	refuses "EINVAL vip-port is read-only (conn.vip-port)" conn-kill conn[ client-address=ip:$VIP vip-port=be16:1 ]
	packet request service-remove service[ $mark ]
	packet request service-remove service[ $any ]
	packet digest
	DIGEST=$SAID
}

# shellcheck disable=SC2086,SC2171
servers_refused() {
	local s1="address=ip:${SERVER[s1]} port=be16:8080" s2="address=ip:${SERVER[s2]} port=be16:8080"
	refuses "EINVAL the request needs a server" server-add service[ $K ]
	refuses "EINVAL the request needs a service" server-add server[ $s2 ]
	refuses "EEXIST the service has a server with this address and port already (server.address)" \
		server-add service[ $K ] server[ $s1 method=u32:1 ]
	refuses "EINVAL a server key needs address and port (server)" \
		server-add service[ $K ] server[ address=ip:${SERVER[s2]} ]
	refuses "EAFNOSUPPORT server and service must be of the same address family unless the method is tunnel (server.method)" \
		server-add service[ $K ] server[ address=ip:$OTHER port=be16:8080 method=u32:1 ]
	refuses "EINVAL a server's address must be a unicast address (server.address)" \
		server-add service[ $K ] server[ address=ip:$MULTICAST port=be16:8080 method=u32:1 ]
	refuses "EINVAL a loopback or link-local address cannot be a server's, except with method local (server.address)" \
		server-add service[ $K ] server[ address=ip:$LOOPBACK port=be16:8080 method=u32:1 ]
	refuses "EINVAL a server's address cannot be the service's own, except with method local (server.address)" \
		server-add service[ $K ] server[ address=ip:$VIP port=be16:8080 method=u32:1 ]
	refuses "EINVAL a server's port must not be 0 (server.port)" \
		server-add service[ $K ] server[ address=ip:${SERVER[s2]} port=be16:0 method=u32:1 ]
	refuses "EINVAL with methods direct, tunnel and local the server's port must be the service's, since they rewrite nothing (server.port)" \
		server-add service[ $K ] server[ $s2 method=u32:0 ]
	refuses "EINVAL with methods direct, tunnel and local the server's port must be the service's, since they rewrite nothing (server.port)" \
		server-add service[ $K ] server[ $s2 method=u32:4 ]
	refuses "ERANGE integer out of range (server.method)" server-add service[ $K ] server[ $s2 method=u32:7 ]
	refuses "ERANGE integer out of range (server.weight)" server-set service[ $K ] server[ $s1 weight=u32:65536 ]
	refuses "EINVAL a server's state can be set to up or down (server.state)" server-set service[ $K ] server[ $s1 state=u32:2 ]
	refuses "EINVAL policy and deadline are for a server that is down (server.policy)" \
		server-set service[ $K ] server[ $s1 policy=u32:1 ]
	refuses "EINVAL a deadline needs policy drain (server.deadline)" \
		server-set service[ $K ] server[ $s1 state=u32:1 policy=u32:2 deadline=u32:5000 ]
	refuses "EINVAL a deadline needs policy drain (server.deadline)" \
		server-remove service[ $K ] server[ $s1 policy=u32:1 deadline=u32:5000 ]
	refuses "EINVAL conns-resume needs conns-max, since a server without a limit is never full (server.conns-resume)" \
		server-set service[ $K ] server[ $s1 conns-resume=u32:5 ]
	refuses "EINVAL conns-resume cannot be above conns-max (server.conns-resume)" \
		server-set service[ $K ] server[ $s1 conns-max=u32:4 conns-resume=u32:5 ]
	refuses "ERANGE integer out of range (server.conns-max)" \
		server-set service[ $K ] server[ $s1 conns-max=u32:2147483648 ]
	refuses "EINVAL full is read-only (server.full)" server-set service[ $K ] server[ $s1 full=u8:1 ]
	refuses "EINVAL method fullnat needs local-addresses, and the service has none (server.method)" \
		server-add service[ $K ] server[ $s2 method=u32:3 ]
	refuses "EINVAL ports-used is read-only (server.ports-used)" \
		server-set service[ $K ] server[ $s1 ports-used=u32:1 ]
	refuses "EINVAL stats is read-only (server.stats)" server-set service[ $K ] server[ $s1 stats[ ] ]
	refuses "ENOENT the service has no such server (server.address)" server-set service[ $K ] server[ $s2 weight=u32:1 ]
	refuses "ENOENT the service has no such server (server.address)" server-remove service[ $K ] server[ $s2 ]
	refuses "ENOENT no such service" dump server-get service[ protocol=u8:6 address=ip:$VIP port=be16:81 ]
}

# shellcheck disable=SC2086,SC2171
others() {
	local s2="address=ip:${SERVER[s2]} port=be16:8080"
	refuses "EEXIST a server is named twice (server)" service-replace service[ $K ] $MANY
	refuses "ERANGE integer out of range (server.weight)" \
		service-replace service[ $K ] server[ $s2 method=u32:1 weight=u32:65536 ]
	refuses "EINVAL this command takes one server (server)" \
		server-add service[ $K ] server[ $s2 method=u32:1 ] server[ $s2 method=u32:1 ]
	refuses "EINVAL a server filter needs an address" dump conn-get server[ port=be16:80 ]
	refuses "EINVAL a client filter needs an address" dump conn-get conn[ client-port=be16:80 ]
	refuses "EINVAL state is read-only (conn.state)" conn-kill conn[ client-address=ip:$VIP state=u32:1 ]
	refuses "ERANGE integer out of range (namespace.conns-max)" namespace-set namespace[ conns-max=u32:0 ]
	refuses "EINVAL the request needs a namespace" namespace-set
	refuses "EINVAL conns is read-only (namespace.conns)" namespace-set namespace[ conns=u32:5 ]
	refuses "EINVAL affinity is read-only (namespace.affinity)" namespace-set namespace[ affinity=u32:5 ]
	refuses "ERANGE integer out of range (namespace.affinity-max)" namespace-set namespace[ affinity-max=u32:0 ]
	refuses "EOPNOTSUPP" service-get
	refuses "EOPNOTSUPP" 200
	refuses "EINVAL Unknown attribute type (change)" flush change=u32:1
}

# shellcheck disable=SC2086,SC2171
affinity_refused() {
	local udp="protocol=u8:17 address=ip:$VIP port=be16:81"
	refuses "ERANGE integer out of range (service.affinity.timeout)" \
		service-set service[ $K affinity[ timeout=u32:2678400001 ] ]
	refuses "ERANGE the timeout of affinity is between 1 second and 31 days, or 0 for off (service.affinity.timeout)" \
		service-set service[ $K affinity[ timeout=u32:999 ] ]
	refuses "EINVAL a timeout is a whole number of seconds (service.affinity.timeout)" \
		service-set service[ $K affinity[ timeout=u32:1500 ] ]
	refuses "ERANGE integer out of range (service.affinity.mask)" service-set service[ $K affinity[ mask=u8:129 ] ]
	[[ $FAMILY == 6 ]] ||
		refuses "ERANGE an affinity-mask is at most 32 bits for IPv4 and 128 for IPv6 (service.affinity.mask)" \
			service-set service[ $K affinity[ timeout=u32:60000 mask=u8:33 ] ]
	refuses "ERANGE integer out of range (service.affinity.by)" service-set service[ $K affinity[ by=u32:2 ] ]
	refuses "EINVAL affinity-by call-id and a tcp service exclude each other, since the first packet of a TCP connection holds no SIP message (service.affinity.by)" \
		service-set service[ $K affinity[ by=u32:1 ] ]
	refuses "EINVAL affinity-by call-id and an sctp service exclude each other, since the first packet of an association holds no SIP message (service.affinity.by)" \
		service-add service[ protocol=u8:132 address=ip:$VIP port=be16:81 affinity[ by=u32:1 ] ]
	refuses "ERANGE integer out of range (service.affinity.weightless)" \
		service-set service[ $K affinity[ weightless=u32:2 ] ]
	refuses "ERANGE integer out of range (service.affinity.limit)" service-set service[ $K affinity[ limit=u32:0 ] ]
	refuses "EINVAL count is read-only (service.affinity.count)" service-set service[ $K affinity[ count=u32:1 ] ]
	refuses "ERANGE integer out of range (service.affinity.mask)" \
		service-add service[ $udp affinity[ timeout=u32:60000 by=u32:1 mask=u8:200 ] ]
	refuses "EINVAL a client filter needs an address" dump affinity-get affinity-entry[ ]
	refuses "EINVAL a server filter needs an address" dump affinity-get server[ port=be16:80 ]
	refuses "EINVAL call-id is read-only (affinity-entry.call-id)" \
		affinity-remove affinity-entry[ client-address=ip:$VIP call-id=str:x ]
	refuses "EINVAL this command takes only the key of the service (service.affinity)" \
		affinity-remove service[ $K affinity[ ] ]
}

# What helper ftp takes for granted.
# shellcheck disable=SC2086,SC2171
helper_refused() {
	local tracked="helper ftp needs conntrack on, since it is conntrack that reads the commands"
	local nat="helper ftp needs servers of method nat, since others do not answer through the director"
	local ftp="protocol=u8:6 address=ip:$VIP port=be16:21" direct="protocol=u8:6 address=ip:$VIP port=be16:22"
	local s1="address=ip:${SERVER[s1]} port=be16:21"
	refuses "ERANGE integer out of range (service.helper)" service-set service[ $K helper=u32:2 ]
	refuses "EINVAL $tracked (service.helper)" service-set service[ $K helper=u32:1 ]
	refuses "EINVAL $tracked (service.helper)" service-add service[ $ftp helper=u32:1 ]
	refuses "EINVAL helper ftp is for services of protocol tcp (service.helper)" \
		service-add service[ protocol=u8:17 address=ip:$VIP port=be16:21 conntrack=u8:1 helper=u32:1 ]
	service tcp 21 conntrack on helper ftp
	service tcp 22 conntrack on
	server add direct tcp 22 s1
	packet digest
	DIGEST=$SAID
	refuses "EINVAL $tracked (service.conntrack)" service-set service[ $ftp conntrack=u8:0 ]
	refuses "EINVAL $nat (server.method)" server-add service[ $ftp ] server[ $s1 method=u32:0 ]
	refuses "EINVAL $nat (server)" server-add service[ $ftp ] server[ $s1 ]
	refuses "EINVAL $nat (server)" service-replace service[ $ftp ] server[ $s1 method=u32:0 ]
	refuses "EINVAL $nat (service.helper)" service-set service[ $direct helper=u32:1 ]
	weir service remove "$(key tcp 21)"
	weir service remove "$(key tcp 22)"
	packet digest
	DIGEST=$SAID
}

# What excludes each other, whichever comes first; and what a loopback address allows.
# shellcheck disable=SC2086,SC2171
local_servers() {
	local ingress="protocol=u8:6 address=ip:$VIP port=be16:83"
	local here="protocol=u8:6 address=ip:$VIP port=be16:84"
	local loopback="protocol=u8:6 address=ip:$LOOPBACK port=be16:80"
	service tcp 83 hook ingress
	service tcp 84
	weir server add "$KEY" "${KEY#tcp:}" method local
	[[ $FAMILY == 4 ]] && KEY=tcp:$LOOPBACK:80 || KEY="tcp:[$LOOPBACK]:80"
	weir service add "$KEY"
	packet digest
	DIGEST=$SAID
	refuses "EINVAL method local and the service's hook ingress exclude each other, since a program on the host gets only what the host takes in (server.method)" \
		server-add service[ $ingress ] server[ address=ip:${SERVER[s2]} port=be16:83 method=u32:4 ]
	refuses "EINVAL hook ingress and a server's method local exclude each other, since a program on the host gets only what the host takes in (service.hook)" \
		service-set service[ $here hook=u32:1 ]
	refuses "EINVAL a server's address cannot be the service's own, except with method local (server.address)" \
		server-set service[ $here ] server[ address=ip:$VIP port=be16:84 method=u32:1 ]
	refuses "EINVAL method direct needs a service's address that other hosts can have, and a loopback address is each host's own (server.method)" \
		server-add service[ $loopback ] server[ address=ip:${SERVER[s2]} port=be16:80 method=u32:0 ]
	refuses "EINVAL method direct needs a service's address that other hosts can have, and a loopback address is each host's own (server)" \
		server-add service[ $loopback ] server[ address=ip:${SERVER[s2]} port=be16:80 ]
	for KEY in "$(key tcp 83)" "$(key tcp 84)" "$KEY"; do weir service remove "$KEY"; done
	packet digest
	DIGEST=$SAID
}

# The command line passes the kernel's sentence on.
told() {
	local text status=0
	text=$(weir service add "$(key tcp 80)" 2>&1) || status=$?
	check "the command line exits with 1 and says what the kernel said" \
		matches "$status $text" "^1 weir: a service with this protocol, address and port exists already"
}

# as WHO LINE...: what a process of that kind is answered, in LINES
as() {
	mapfile -t LINES < <(printf '%s\n' "become $1" "${@:2}" | "$PACKET" 2>&1)
}

# shellcheck disable=SC2034,SC2086
strangers() {
	local command i
	local -a words=()
	for command in service-add service-set service-remove service-replace server-add server-set \
		server-remove conn-kill affinity-remove namespace-get namespace-set flush; do
		words+=("request $command service[ $K ]")
	done
	for command in service-get server-get conn-get affinity-get drop-get; do words+=("dump $command"); done
	as nobody "${words[@]}"
	for i in "${!words[@]}"; do
		command=${words[i]%% service*}
		check "nobody may not $command" is "${LINES[i + 1]-}" EPERM
	done
	check "and has changed nothing" packet_is digest = "$DIGEST"
	as root "request service-add service[ $K ]" \
		"request server-add service[ $K ] server[ address=ip:${SERVER[s2]} port=be16:8080 method=u32:1 ]" \
		"dump server-get" "request namespace-set namespace[ conns-max=u32:5 ]" \
		"request service-set service[ $K affinity[ limit=u32:1048577 ] ]" \
		"request namespace-set namespace[ affinity-max=u32:1048577 ]" "request flush" "dump service-get"
	if [[ ${LINES[0]} == unshare:* ]]; then
		skip "root of a user namespace manages its own network namespace" "${LINES[0]}"
		return
	fi
	check "root of a user namespace may add a service in its own network namespace" is "${LINES[1]-}" "done"
	check "and a server" is "${LINES[2]-}" "done"
	check "sees those, and no others" matches "${LINES[3]-}" "^objects=1 "
	check "may change limits there" is "${LINES[4]-}" "done"
	check "may not have it remember more clients than is the default" is "${LINES[5]-}" \
		"EPERM a limit above 1048576 takes CAP_NET_ADMIN outside the user namespace (service.affinity.limit)"
	check "nor all services together" is "${LINES[6]-}" \
		"EPERM affinity-max above 1048576 takes CAP_NET_ADMIN outside the user namespace (namespace.affinity-max)"
	check "and flush" is "${LINES[7]-} ${LINES[8]-}" "done objects=0 duplicates=0 interrupted=0 parts=1 churned=0"
	check "the director's services are untouched by that" packet_is digest = "$DIGEST"
}

# Options of protocols and schedulers that a service does not have mean nothing to it:
# whoever gives all services the same may, and what there is of them is kept.
# shellcheck disable=SC2086,SC2171
without_effect() {
	local udp="protocol=u8:17 address=ip:$VIP port=be16:85"
	packet request service-add service[ $udp midstream=u32:1 half-open-max=u32:5 timeouts[ tcp-syn=u32:5000 ] \
		scheduler=str:rr hash-port=u8:1 fallback=u8:0 hash-key=hex:00112233445566778899aabbccddeeff ]
	check "a udp service takes the options of tcp and, with rr, those of hashes" is "$SAID" "done"
	check "and keeps them" is "$(of_service udp 85 midstream half_open_max timeouts.tcp_syn hash_port fallback hash_key)" \
		"reset 5 5000 true false 00112233445566778899aabbccddeeff"
	weir service remove "$(key udp 85)"
	packet request service-add service[ protocol=u8:6 address=ip:$RESERVED port=be16:85 ]
	check "an address that the kernel routes is a service's, reserved or not" is "$SAID" "done"
	packet request service-remove service[ protocol=u8:6 address=ip:$RESERVED port=be16:85 ]
	check "the others are as they were" packet_is digest = "$DIGEST"
}

namespaces() {
	check "another network namespace sees no service of the director" is "$(inside s2 "$WEIR" -j show | gojq -c .services)" "[]"
	inside s2 "$WEIR" service add "$(key tcp 80)" scheduler wlc
	check "the same service can be added there, and the director's is as it was" packet_is digest = "$DIGEST"
	inside s2 "$WEIR" flush
	check "a flush there leaves the director's" packet_is digest = "$DIGEST"
}

body() {
	prepare
	services
	kinds
	servers_refused
	affinity_refused
	helper_refused
	local_servers
	others
	without_effect
	told
	strangers
	namespaces
}

for_each_family body
