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
		OTHER=2001:db8::1 MULTICAST=224.0.0.1 LOOPBACK=127.0.0.1
	else
		OTHER=192.0.2.1 MULTICAST=ff02::1 LOOPBACK=::1
	fi
	MANY=
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
	refuses "EPROTONOSUPPORT a service's protocol is tcp or udp (service.protocol)" \
		service-add service[ protocol=u8:132 address=ip:$VIP port=be16:81 ]
	refuses "EINVAL an address is 4 bytes (IPv4) or 16 bytes (IPv6) (service.address)" \
		service-add service[ protocol=u8:6 address=hex:c00002 port=be16:81 ]
	refuses "EINVAL a service's address must be a unicast address (service.address)" \
		service-add service[ protocol=u8:6 address=ip:$MULTICAST port=be16:81 ]
	refuses "EINVAL a service's port must not be 0 (service.port)" \
		service-add service[ protocol=u8:6 address=ip:$VIP port=be16:0 ]
	refuses "EINVAL unknown scheduler (service.scheduler)" service-add service[ $new scheduler=str:best ]
	refuses "ERANGE integer out of range (service.midstream)" service-add service[ $new midstream=u32:3 ]
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
	refuses "ENOENT no such service" dump service-get service[ $new ]
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
	refuses "EAFNOSUPPORT server and service must be of the same address family (server.address)" \
		server-add service[ $K ] server[ address=ip:$OTHER port=be16:8080 method=u32:1 ]
	refuses "EINVAL a server's address must be a unicast address (server.address)" \
		server-add service[ $K ] server[ address=ip:$MULTICAST port=be16:8080 method=u32:1 ]
	refuses "EINVAL a loopback or link-local address cannot be a server's (server.address)" \
		server-add service[ $K ] server[ address=ip:$LOOPBACK port=be16:8080 method=u32:1 ]
	refuses "EINVAL a server's address cannot be the service's own (server.address)" \
		server-add service[ $K ] server[ address=ip:$VIP port=be16:8080 method=u32:1 ]
	refuses "EINVAL a server's port must not be 0 (server.port)" \
		server-add service[ $K ] server[ address=ip:${SERVER[s2]} port=be16:0 method=u32:1 ]
	refuses "EINVAL with method direct the server's port must be the service's, since direct rewrites nothing (server.port)" \
		server-add service[ $K ] server[ $s2 method=u32:0 ]
	refuses "ERANGE integer out of range (server.method)" server-add service[ $K ] server[ $s2 method=u32:7 ]
	refuses "ERANGE integer out of range (server.weight)" server-set service[ $K ] server[ $s1 weight=u32:65536 ]
	refuses "EINVAL a server's state can be set to up or down (server.state)" server-set service[ $K ] server[ $s1 state=u32:2 ]
	refuses "EINVAL policy and deadline are for a server that is down (server.policy)" \
		server-set service[ $K ] server[ $s1 policy=u32:1 ]
	refuses "EINVAL a deadline needs policy drain (server.deadline)" \
		server-set service[ $K ] server[ $s1 state=u32:1 policy=u32:2 deadline=u32:5000 ]
	refuses "EINVAL a deadline needs policy drain (server.deadline)" \
		server-remove service[ $K ] server[ $s1 policy=u32:1 deadline=u32:5000 ]
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
	refuses "EOPNOTSUPP" service-get
	refuses "EOPNOTSUPP" 200
	refuses "EINVAL Unknown attribute type (change)" flush change=u32:1
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
		server-remove conn-kill namespace-get namespace-set flush; do
		words+=("request $command service[ $K ]")
	done
	for command in service-get server-get conn-get drop-get; do words+=("dump $command"); done
	as nobody "${words[@]}"
	for i in "${!words[@]}"; do
		command=${words[i]%% service*}
		check "nobody may not $command" is "${LINES[i + 1]-}" EPERM
	done
	check "and has changed nothing" packet_is digest = "$DIGEST"
	as root "request service-add service[ $K ]" \
		"request server-add service[ $K ] server[ address=ip:${SERVER[s2]} port=be16:8080 method=u32:1 ]" \
		"dump server-get" "request namespace-set namespace[ conns-max=u32:5 ]" "request flush" "dump service-get"
	if [[ ${LINES[0]} == unshare:* ]]; then
		skip "root of a user namespace manages its own network namespace" "${LINES[0]}"
		return
	fi
	check "root of a user namespace may add a service in its own network namespace" is "${LINES[1]-}" "done"
	check "and a server" is "${LINES[2]-}" "done"
	check "sees those, and no others" matches "${LINES[3]-}" "^objects=1 "
	check "may change limits there" is "${LINES[4]-}" "done"
	check "and flush" is "${LINES[5]-} ${LINES[6]-}" "done objects=0 duplicates=0 interrupted=0 parts=1 churned=0"
	check "the director's services are untouched by that" packet_is digest = "$DIGEST"
}

namespaces() {
	check "another network namespace sees no service of the director" is "$(inside s2 "$WEIR" -j show | jq -c .services)" "[]"
	inside s2 "$WEIR" service add "$(key tcp 80)" scheduler wlc
	check "the same service can be added there, and the director's is as it was" packet_is digest = "$DIGEST"
	inside s2 "$WEIR" flush
	check "a flush there leaves the director's" packet_is digest = "$DIGEST"
}

body() {
	prepare
	services
	servers_refused
	others
	told
	strangers
	namespaces
}

for_each_family body
