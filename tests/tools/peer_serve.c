// SPDX-License-Identifier: GPL-2.0
/*
 * peer serve: answers every request, TCP, UDP and SCTP, IPv4 and IPv6, with its name.
 * SCTP has one address a port, or clients would be told of all that the server has.
 * One process a name, in the background once all of them listen. Prints one
 * line of the form NAME=PID NAME=PID.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <fcntl.h>

#include "netns.h"
#include "peer.h"

#define PORTS_MAX 16

enum serve_kind { KIND_LISTEN, KIND_DATAGRAM, KIND_STREAM };

struct endpoint {
	enum serve_kind kind;
	int fd;
	struct sockaddr_in6 peer;
	struct peer_request request;
	struct peer_answer answer;
	size_t received;	/* of request and its payload */
	size_t sent;		/* of answer and its payload */
	bool sending;
};

static const char *own_name;
static int epoll_fd;
static uint8_t chunk[PEER_CHUNK];

static void endpoint_watch(struct endpoint *ep, int op, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = ep };

	if (epoll_ctl(epoll_fd, op, ep->fd, &event))
		err(1, "epoll_ctl");
}

static struct endpoint *endpoint_add(enum serve_kind kind, int fd)
{
	struct endpoint *ep = calloc(1, sizeof(*ep));

	if (!ep)
		err(1, "calloc");
	ep->kind = kind;
	ep->fd = fd;
	endpoint_watch(ep, EPOLL_CTL_ADD, EPOLLIN);
	return ep;
}

static void endpoint_end(struct endpoint *ep)
{
	close(ep->fd);
	free(ep);
}

static void port_open(int type, int protocol, struct in6_addr at, uint16_t port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port),
				    .sin6_addr = at };
	int on = 1, off = 0;
	int fd = socket(AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (type == SOCK_DGRAM)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)))
		err(1, "bind port %u", port);
	if (type == SOCK_STREAM && listen(fd, 4096))
		err(1, "listen on port %u", port);
	endpoint_add(type == SOCK_STREAM ? KIND_LISTEN : KIND_DATAGRAM, fd);
}

/* @word is PORT@ADDR. */
static void sctp_open(char *word)
{
	char *addr = strchr(word, '@');
	struct in6_addr at = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	if (!addr)
		errx(2, "--sctp: PORT@ADDR, not %s", word);
	*addr++ = '\0';
	if (inet_pton(AF_INET, addr, &at.s6_addr32[3]) != 1 && inet_pton(AF_INET6, addr, &at) != 1)
		errx(2, "not an address: %s", addr);
	port_open(SOCK_STREAM, IPPROTO_SCTP, at, number(word, 65535));
}

static void answer_prepare(struct peer_answer *answer, const struct peer_request *request,
			   const struct sockaddr_in6 *peer)
{
	answer->magic = PEER_MAGIC;
	answer->seq = request->seq;
	answer->payload = request->want;
	strncpy(answer->name, own_name, sizeof(answer->name) - 1);
	answer->client = peer->sin6_addr;
	answer->client_port = ntohs(peer->sin6_port);
}

/* Answers one datagram, from the address it was sent to. */
static void datagram_answer(int fd)
{
	union {
		char space[CMSG_SPACE(sizeof(struct in6_pktinfo))];
		struct cmsghdr align;
	} control;
	struct sockaddr_in6 peer;
	struct peer_request request;
	struct peer_answer answer = { 0 };
	struct iovec iov = { .iov_base = chunk, .iov_len = sizeof(chunk) };
	struct msghdr msg = {
		.msg_name = &peer, .msg_namelen = sizeof(peer),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &msg, 0);
	struct cmsghdr *cmsg;

	if (len < (ssize_t)sizeof(request))
		return;
	memcpy(&request, chunk, sizeof(request));
	if (request.magic != PEER_MAGIC || request.want > PEER_DATAGRAM)
		return;
	answer.damaged = request.payload != len - sizeof(request) ||
			 !pattern_matches(chunk + sizeof(request), len - sizeof(request),
					  request.seq, 0);
	answer_prepare(&answer, &request, &peer);
	memcpy(chunk, &answer, sizeof(answer));
	pattern_fill(chunk + sizeof(answer), request.want, ~request.seq, 0);
	iov.iov_len = sizeof(answer) + request.want;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg)	/* the interface it came in by is not the one out */
		((struct in6_pktinfo *)CMSG_DATA(cmsg))->ipi6_ifindex = 0;
	sendmsg(fd, &msg, MSG_DONTWAIT);
}

/* Reads one request; false if the connection ended. */
static bool stream_receive(struct endpoint *ep)
{
	const size_t head = sizeof(ep->request);
	ssize_t len;

	if (ep->received < head) {
		len = recv(ep->fd, (char *)&ep->request + ep->received, head - ep->received, 0);
		if (len <= 0)
			return len < 0 && errno == EAGAIN;
		ep->received += len;
		if (ep->received == head && ep->request.magic != PEER_MAGIC)
			return false;
	} else {
		size_t left = ep->request.payload - (ep->received - head);

		len = recv(ep->fd, chunk, left < sizeof(chunk) ? left : sizeof(chunk), 0);
		if (len <= 0)
			return len < 0 && errno == EAGAIN;
		if (!pattern_matches(chunk, len, ep->request.seq, ep->received - head))
			ep->answer.damaged = 1;
		ep->received += len;
	}
	if (ep->received >= head && ep->received - head == ep->request.payload) {
		answer_prepare(&ep->answer, &ep->request, &ep->peer);
		ep->sending = true;
		ep->sent = 0;
	}
	return true;
}

/* Sends what it can of the answer; false if the connection ended. */
static bool stream_send(struct endpoint *ep)
{
	const size_t head = sizeof(ep->answer);

	while (ep->sent < head + ep->answer.payload) {
		size_t fill = 0, part = 0;
		ssize_t len;

		if (ep->sent < head) {
			part = head - ep->sent;
			memcpy(chunk, (char *)&ep->answer + ep->sent, part);
		}
		fill = head + ep->answer.payload - ep->sent - part;
		if (fill > sizeof(chunk) - part)
			fill = sizeof(chunk) - part;
		pattern_fill(chunk + part, fill, ~ep->answer.seq, ep->sent + part - head);
		len = send(ep->fd, chunk, part + fill, MSG_NOSIGNAL);
		if (len < 0)
			return errno == EAGAIN;
		ep->sent += len;
	}
	ep->sending = false;
	ep->received = 0;
	ep->answer.damaged = 0;
	return !(ep->request.flags & PEER_CLOSE);
}

static void stream_event(struct endpoint *ep)
{
	bool was_sending = ep->sending;
	bool alive = true;

	if (!ep->sending)
		alive = stream_receive(ep);
	if (alive && ep->sending)
		alive = stream_send(ep);
	if (!alive)
		endpoint_end(ep);
	else if (ep->sending != was_sending)
		endpoint_watch(ep, EPOLL_CTL_MOD, ep->sending ? EPOLLOUT : EPOLLIN);
}

static void stream_accept(int listener)
{
	struct sockaddr_in6 peer;
	socklen_t len = sizeof(peer);
	int fd = accept4(listener, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0)
		endpoint_add(KIND_STREAM, fd)->peer = peer;
}

static void serve_forever(void)
{
	struct epoll_event events[64];

	for (;;) {
		int count = epoll_wait(epoll_fd, events, 64, -1);

		for (int i = 0; i < count; i++) {
			struct endpoint *ep = events[i].data.ptr;

			if (ep->kind == KIND_LISTEN)
				stream_accept(ep->fd);
			else if (ep->kind == KIND_DATAGRAM)
				datagram_answer(ep->fd);
			else
				stream_event(ep);
		}
	}
}

static pid_t serve_start(char *word, const uint16_t *tcp, const uint16_t *udp, char **sctp)
{
	char *netns = strchr(word, '@');
	int ready[2], null;
	char byte;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid) {
		close(ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			errx(1, "%s did not start", word);
		close(ready[0]);
		return pid;
	}
	if (netns) {
		*netns = '\0';
		netns_enter(netns + 1);
	}
	own_name = word;
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	for (; *tcp; tcp++)
		port_open(SOCK_STREAM, 0, in6addr_any, *tcp);
	for (; *udp; udp++)
		port_open(SOCK_DGRAM, 0, in6addr_any, *udp);
	for (; *sctp; sctp++)
		sctp_open(*sctp);
	setsid();
	null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (write(ready[1], "r", 1) != 1)
		exit(1);
	serve_forever();
	exit(0);
}

int serve_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "tcp", required_argument, NULL, 't' },
		{ "udp", required_argument, NULL, 'u' },
		{ "sctp", required_argument, NULL, 's' },
		{ }
	};
	uint16_t tcp[PORTS_MAX + 1] = { 0 }, udp[PORTS_MAX + 1] = { 0 };
	char *sctp[PORTS_MAX + 1] = { NULL };
	int tcps = 0, udps = 0, sctps = 0, c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 't' && tcps < PORTS_MAX)
			tcp[tcps++] = number(optarg, 65535);
		else if (c == 'u' && udps < PORTS_MAX)
			udp[udps++] = number(optarg, 65535);
		else if (c == 's' && sctps < PORTS_MAX)
			sctp[sctps++] = optarg;
		else
			return 2;
	}
	if (optind == argc)
		errx(2, "no name given");
	files_raise();
	signal(SIGHUP, SIG_IGN);
	for (; optind < argc; optind++) {
		pid_t pid = serve_start(argv[optind], tcp, udp, sctp);

		printf("%.*s=%d%c", (int)strcspn(argv[optind], "@"), argv[optind], pid,
		       optind + 1 < argc ? ' ' : '\n');
	}
	return 0;
}
