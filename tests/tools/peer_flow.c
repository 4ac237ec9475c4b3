// SPDX-License-Identifier: GPL-2.0
/* peer load: one flow, from its first packet to its last. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sctp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer_load.h"

unsigned int flows_active;
static uint8_t chunk[PEER_CHUNK];
static uint32_t next_seq = 1;

static void flow_watch(struct flow *flow, int op, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = flow };

	if (epoll_ctl(load_epoll, op, flow->fd, &event))
		err(1, "epoll_ctl");
}

static void flow_state(struct flow *flow, enum flow_state state)
{
	bool was = flow->state != FLOW_IDLE && flow->state != FLOW_HELD;
	bool is = state != FLOW_IDLE && state != FLOW_HELD;

	flows_active += is - was;
	flow->state = state;
	flow->deadline = now_ms() + options.timeout_ms;
}

static void flow_end(struct flow *flow)
{
	close(flow->fd);
	flow_state(flow, FLOW_IDLE);
}

static void flow_fail(struct flow *flow, int error)
{
	tally_failure(error);
	flow_end(flow);
}

static int flow_error(const struct flow *flow)
{
	int error = 0;
	socklen_t len = sizeof(error);

	getsockopt(flow->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return error;
}

static socklen_t address_len(const struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET ? sizeof(struct sockaddr_in)
					  : sizeof(struct sockaddr_in6);
}

/*
 * The next source port for a datagram socket. Left to itself the kernel draws one at
 * random, sometimes one that an earlier socket had: to a director that is the earlier
 * flow going on. All loads of a guest count on in one file.
 */
static uint16_t next_datagram_port(void)
{
	enum { FIRST = 10240, COUNT = 22528 };
	uint32_t last = 0;
	int fd = open("/tmp/weir-peer-port", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX) || pread(fd, &last, sizeof(last), 0) < 0)
		err(1, "/tmp/weir-peer-port");
	last++;
	if (pwrite(fd, &last, sizeof(last), 0) != sizeof(last))
		err(1, "/tmp/weir-peer-port");
	close(fd);
	return FIRST + last % COUNT;
}

/* The source of flow @index: the given address plus index modulo the number of sources. */
static struct sockaddr_storage flow_source(unsigned int index, uint16_t port)
{
	struct sockaddr_storage source = options.from;
	unsigned int step = index % options.sources;

	if (source.ss_family == AF_INET) {
		struct sockaddr_in *sin = (struct sockaddr_in *)&source;

		sin->sin_port = htons(port);
		sin->sin_addr.s_addr = htonl(ntohl(sin->sin_addr.s_addr) + step);
	} else {
		struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&source;

		sin6->sin6_port = htons(port);
		sin6->sin6_addr.s6_addr32[3] = htonl(ntohl(sin6->sin6_addr.s6_addr32[3]) + step);
	}
	return source;
}

static void flow_bind(struct flow *flow, unsigned int index)
{
	struct sockaddr_storage source;
	uint16_t port = options.sport;
	int on = 1;

	if (!port && options.udp)
		port = next_datagram_port();
	if (!options.from_given && !port)
		return;
	source = flow_source(index, port);
	if (options.sport)
		setsockopt(flow->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	else if (!port)
		setsockopt(flow->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (bind(flow->fd, (struct sockaddr *)&source, address_len(&source)))
		err(1, "bind");
}

static void flow_request(struct flow *flow)
{
	flow->request = (struct peer_request) {
		.magic = PEER_MAGIC,
		.seq = next_seq++,
		.payload = options.size,
		.want = options.reply,
	};
	if (options.close_mode == CLOSE_SERVER && flow->left == 1 && !options.hold)
		flow->request.flags = PEER_CLOSE;
	flow->sent = 0;
	flow->received = 0;
}

/* Sends what it can of the request; false if the flow failed. */
static bool flow_send(struct flow *flow)
{
	const size_t head = sizeof(flow->request);
	const size_t total = head + flow->request.payload;

	while (flow->sent < total) {
		size_t part = 0, fill;
		ssize_t len;

		if (flow->sent < head) {
			part = head - flow->sent;
			memcpy(chunk, (char *)&flow->request + flow->sent, part);
		}
		fill = total - flow->sent - part;
		if (fill > sizeof(chunk) - part)
			fill = sizeof(chunk) - part;
		pattern_fill(chunk + part, fill, flow->request.seq, flow->sent + part - head);
		len = send(flow->fd, chunk, part + fill, MSG_NOSIGNAL);
		if (len < 0 && errno == EAGAIN)
			break;
		if (len < 0) {
			flow_fail(flow, errno);
			return false;
		}
		flow->sent += len;
		flow->deadline = now_ms() + options.timeout_ms;
	}
	flow_watch(flow, EPOLL_CTL_MOD, flow->sent < total ? EPOLLOUT | EPOLLIN : EPOLLIN);
	return true;
}

void flow_go(struct flow *flow, unsigned int exchanges)
{
	flow->left = exchanges;
	flow_state(flow, FLOW_EXCHANGE);
	flow_request(flow);
	flow_send(flow);
}

static void flow_round_done(struct flow *flow)
{
	/* Sends an ACK that is delayed, so that it counts for this round and not a later one. */
	const int flush = 2;

	tally_server(flow->server);
	if (options.hold) {
		if (!options.udp && !options.sctp)
			setsockopt(flow->fd, IPPROTO_TCP, TCP_QUICKACK, &flush, sizeof(flush));
		flow_state(flow, FLOW_HELD);
		flow_watch(flow, EPOLL_CTL_MOD, options.udp ? 0 : EPOLLRDHUP);
	} else {
		flow_finish(flow);
	}
}

/* Whether the server saw the address and port that the flow really has. */
static bool flow_source_kept(const struct flow *flow)
{
	struct sockaddr_storage own;
	socklen_t len = sizeof(own);
	const struct in6_addr *seen = &flow->answer.client;

	getsockname(flow->fd, (struct sockaddr *)&own, &len);
	if (own.ss_family == AF_INET) {
		const struct sockaddr_in *sin = (struct sockaddr_in *)&own;

		return IN6_IS_ADDR_V4MAPPED(seen) && seen->s6_addr32[3] == sin->sin_addr.s_addr &&
		       flow->answer.client_port == ntohs(sin->sin_port);
	}
	return !memcmp(seen, &((struct sockaddr_in6 *)&own)->sin6_addr, sizeof(*seen)) &&
	       flow->answer.client_port == ntohs(((struct sockaddr_in6 *)&own)->sin6_port);
}

static void flow_answered(struct flow *flow)
{
	tally.answers++;
	if (flow->answer.damaged || flow_source_kept(flow) == options.masked)
		tally.wrong++;
	if (flow->server[0] && strncmp(flow->server, flow->answer.name, PEER_NAME_SIZE))
		tally.moved++;
	memcpy(flow->server, flow->answer.name, PEER_NAME_SIZE - 1);
	if (--flow->left == 0) {
		flow_round_done(flow);
		return;
	}
	flow_request(flow);
	flow_send(flow);
}

static void flow_receive_datagram(struct flow *flow)
{
	ssize_t len = recv(flow->fd, chunk, sizeof(chunk), 0);
	size_t body;

	if (len < 0 && errno == EAGAIN)
		return;
	if (len < 0) {
		flow_fail(flow, errno);
		return;
	}
	if (len < (ssize_t)sizeof(flow->answer)) {
		tally.wrong++;
		return;
	}
	memcpy(&flow->answer, chunk, sizeof(flow->answer));
	if (flow->answer.seq != flow->request.seq)	/* late, or of another round */
		return;
	body = len - sizeof(flow->answer);
	if (body != options.reply ||
	    !pattern_matches(chunk + sizeof(flow->answer), body, ~flow->answer.seq, 0))
		tally.wrong++;
	flow_answered(flow);
}

static void flow_receive_stream(struct flow *flow)
{
	const size_t head = sizeof(flow->answer);
	size_t left;
	ssize_t len;

	if (flow->received < head) {
		len = recv(flow->fd, (char *)&flow->answer + flow->received,
			   head - flow->received, 0);
	} else {
		left = options.reply - (flow->received - head);
		len = recv(flow->fd, chunk, left < sizeof(chunk) ? left : sizeof(chunk), 0);
		if (len > 0 && !pattern_matches(chunk, len, ~flow->request.seq,
						flow->received - head))
			tally.wrong++;
	}
	if (len < 0 && errno == EAGAIN)
		return;
	if (len <= 0) {
		flow_fail(flow, len ? errno : 0);
		return;
	}
	flow->received += len;
	flow->deadline = now_ms() + options.timeout_ms;
	if (flow->received < head + options.reply)
		return;
	if (flow->answer.magic != PEER_MAGIC || flow->answer.seq != flow->request.seq)
		tally.wrong++;
	flow_answered(flow);
}

/*
 * A port given by --sport stays taken for the moment until the last ACK of its connection before
 * has come; that is waited for.
 */
static bool flow_connect(struct flow *flow)
{
	uint64_t limit = now_ms() + options.timeout_ms;
	int err;

	do {
		flow->opened_at = now_ms();
		err = connect(flow->fd, (struct sockaddr *)&options.to, address_len(&options.to));
		if (!err || errno == EINPROGRESS)
			return true;
		if (errno != EADDRNOTAVAIL || !options.sport)
			return false;
		poll(NULL, 0, 1);
	} while (now_ms() < limit);
	errno = EADDRNOTAVAIL;
	return false;
}

void flow_open(struct flow *flow, unsigned int index)
{
	int type = options.udp ? SOCK_DGRAM : SOCK_STREAM;
	int protocol = options.sctp ? IPPROTO_SCTP : 0;
	struct linger linger = { .l_onoff = 1, .l_linger = 5 };
	int on = 1;

	memset(flow, 0, sizeof(*flow));
	flow->fd = socket(options.to.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	if (flow->fd < 0)
		err(1, "socket");
	if (options.sctp) {
		setsockopt(flow->fd, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof(on));
		/* Then close() returns when the association is shut down. */
		setsockopt(flow->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	} else if (!options.udp) {
		setsockopt(flow->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
	flow_bind(flow, index);
	flow_state(flow, FLOW_CONNECTING);
	flow_watch(flow, EPOLL_CTL_ADD, EPOLLOUT);
	if (!flow_connect(flow)) {
		flow_fail(flow, errno);
		return;
	}
	if (options.udp)
		flow_go(flow, options.exchanges);
}

static void flow_connected(struct flow *flow)
{
	uint64_t took = now_ms() - flow->opened_at;
	int error = flow_error(flow);

	if (error) {
		flow_fail(flow, error);
		return;
	}
	if (took > tally.connect_ms)
		tally.connect_ms = took;
	flow_go(flow, options.exchanges);
}

void flow_half_close(struct flow *flow)
{
	if (!options.udp)
		shutdown(flow->fd, SHUT_WR);
	flow_watch(flow, EPOLL_CTL_MOD, 0);
}

/* Closes as the options say, and waits for the other side's end unless it resets. */
void flow_finish(struct flow *flow)
{
	struct linger linger = { .l_onoff = 1 };

	if (options.udp || options.close_mode == CLOSE_RST) {
		if (!options.udp)
			setsockopt(flow->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
		flow_end(flow);
		return;
	}
	if (options.sctp && options.close_mode == CLOSE_FIN) {
		flow_end(flow);
		return;
	}
	flow_state(flow, FLOW_CLOSING);
	if (options.close_mode == CLOSE_FIN || options.hold)
		shutdown(flow->fd, SHUT_WR);
	flow_watch(flow, EPOLL_CTL_MOD, EPOLLIN);
}

static void flow_closing(struct flow *flow)
{
	ssize_t len = recv(flow->fd, chunk, sizeof(chunk), 0);

	if (len < 0 && errno == EAGAIN)
		return;
	if (len)
		flow_fail(flow, len < 0 ? errno : EPROTO);
	else
		flow_end(flow);
}

void flow_event(struct flow *flow, uint32_t events)
{
	switch (flow->state) {
	case FLOW_IDLE:
		break;
	case FLOW_CONNECTING:
		flow_connected(flow);
		break;
	case FLOW_EXCHANGE:
		if (events & EPOLLOUT && !flow_send(flow))
			break;
		if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
			break;
		if (options.udp)
			flow_receive_datagram(flow);
		else
			flow_receive_stream(flow);
		break;
	case FLOW_HELD:
		flow_fail(flow, flow_error(flow));
		break;
	case FLOW_CLOSING:
		flow_closing(flow);
		break;
	}
}

void flow_expire(struct flow *flow, uint64_t now)
{
	if (flow->state != FLOW_IDLE && flow->state != FLOW_HELD && now >= flow->deadline)
		flow_fail(flow, ETIMEDOUT);
}
