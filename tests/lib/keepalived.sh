# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# keepalived and nginx as Debian has them, sourced behind lib.sh by scenarios that drive
# weir_ipvs with the one and have the other answer. Skips the scenario without them.

IPVS_KO=${WEIR_KO%weir*}weir_ipvs${WEIR_KO##*weir}
type keepalived nginx >/dev/null 2>&1 || skip_all "no keepalived or no nginx here"

# ipvs_up: weir_ipvs until the end
ipvs_up() {
	modprobe x_tables
	insmod "$IPVS_KO"
	defer rmmod weir_ipvs
}

# nginx_start NAME: a server that answers on 8888 with its name
nginx_start() {
	mkdir -p "$TMP/$1"
	cat >"$TMP/$1/nginx.conf" <<-END
		worker_processes 1;
		pid nginx.pid;
		error_log error.log;
		events { worker_connections 64; }
		http {
			access_log off;
			keepalive_timeout 0;
			server {
				listen 8888;
				listen [::]:8888;
				location / { return 200 "$1\\n"; }
			}
		}
	END
	inside "$1" nginx -p "$TMP/$1" -c nginx.conf -e error.log
}

nginx_stop() { kill -KILL -- -"$(<"$TMP/$1/nginx.pid")"; }

# real_server NAME WEIGHT [WORD...]: one as keepalived wants it. Its checks are quick,
# for the test's sake.
real_server() {
	cat <<-END
		real_server ${SERVER[$1]} 8888 {
			weight $2
			${*:3}
			TCP_CHECK {
				connect_timeout 1
				retry 1
				delay_before_retry 1
			}
		}
	END
}

# keepalived_start DIRECTOR [OPTION...]: with the configuration $TMP/DIRECTOR.conf
keepalived_start() {
	nsenter --net="/run/netns/${NS[$1]}" keepalived -n -l -D -f "$TMP/$1.conf" \
		-p "$TMP/$1.pid" -c "$TMP/$1.checkers.pid" -r "$TMP/$1.vrrp.pid" "${@:2}" \
		>>"$TMP/$1.log" 2>&1 {PAUSE_FD}>&- &
	LOAD_PID[keepalived.$1]=$!
}

# keepalived_reload DIRECTOR: makes it read its configuration again
keepalived_reload() { kill -HUP "${LOAD_PID[keepalived.$1]}"; }

keepalived_gone() { # DIRECTOR
	wait "${LOAD_PID[keepalived.$1]}" || :
	unset "LOAD_PID[keepalived.$1]"
}

keepalived_stop() { # DIRECTOR
	kill "${LOAD_PID[keepalived.$1]}"
	keepalived_gone "$1"
}

# keepalived_kill DIRECTOR: all its processes, without a word to anybody. The parent is
# halted first: when it ends, the others say goodbye.
keepalived_kill() {
	kill -STOP "${LOAD_PID[keepalived.$1]}"
	kill -KILL "$(<"$TMP/$1.vrrp.pid")" "$(<"$TMP/$1.checkers.pid")"
	kill -KILL "${LOAD_PID[keepalived.$1]}"
	keepalived_gone "$1"
	rm -f "$TMP/$1".*pid
}

# lists_at DIRECTOR "NAME:WEIGHT ...": the servers that ipvsadm lists there, in the order
# of their names
lists_at() {
	local name listed got=''
	listed=$(inside "$1" ipvsadm -Ln)
	for name in s1 s2 s3; do
		[[ ${listed//]/} =~ ${SERVER[$name]}:8888\ +Masq\ +([0-9]+) ]] || continue
		got+=" $name:${BASH_REMATCH[1]}"
	done
	is "${got# }" "$2"
}

lists_nothing_at() { ! inside "$1" ipvsadm -Ln | grep -q '^TCP'; } # DIRECTOR

# answered COUNT NAME...: so many requests of the client's are answered by all of these
# servers and no other
answered() {
	local i got host=$VIP
	[[ $FAMILY == 4 ]] || host="[$VIP]"
	got=$(for ((i = 0; i < $1; i++)); do inside client curl -s --max-time $((5 * WEIR_TIME_SCALE)) "http://$host/" || echo "nobody"; done)
	is "$(sort -u <<<"$got" | xargs)" "${*:2}"
}
