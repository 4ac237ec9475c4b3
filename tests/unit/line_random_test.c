// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the lines of FTP over a network that loses, reorders and repeats: a
 * sender that cuts a stream into segments anyhow, and waits or not for what it has
 * sent; the line; a reader that stops what it finds unfinished, as the kernel's
 * does; and a receiver.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/kernel.h>

#include "line.h"

enum {
	STREAM_MAX = 1500,
	QUEUE_MAX = 64,
	STEPS_MAX = 200000,
	RUNS = 500,
};

/* A packet: what it carries, or what it acknowledges. */
struct packet {
	u32 at;
	u32 length;
	bool fin;
	u8 data[STREAM_MAX];
};

struct queue {
	struct packet packets[QUEUE_MAX];
	u32 count;
};

/* How unkind the network is, in percent, and how patient the sender. */
struct weather {
	u32 loss;
	u32 reorder;
	u32 no_room;
	bool waits;
	u32 piece_max;
};

static struct world {
	struct weather weather;
	enum weir_dir dir;
	u32 first;
	u8 stream[STREAM_MAX];
	u32 length;
	/* Where each byte's line begins and ends, if it is one of interest, else its place. */
	u32 begins[STREAM_MAX];
	u32 ends[STREAM_MAX];
	/* Of the sender: beginnings of segments, what is out and what is acknowledged. */
	bool is_edge[STREAM_MAX + 2];
	u32 sent;
	u32 acked;
	struct weir_line line;
	/* Of the receiver. */
	bool has[STREAM_MAX];
	u32 received;
	bool has_fin;
	struct queue to_line, to_receiver, back_to_line, to_sender;
} w;

static u32 random_state;

static u32 dice(u32 sides)
{
	random_state = random_state * 1664525 + 1013904223;
	return (u64)random_state * sides >> 32;
}

static bool happens(u32 percent)
{
	return dice(100) < percent;
}

static void add_line(const char *text, bool is_wanted)
{
	u32 length = strlen(text), begin = w.length;

	memcpy(w.stream + begin, text, length);
	w.length += length;
	for (u32 i = begin; i < w.length; i++) {
		w.begins[i] = is_wanted ? begin : i;
		w.ends[i] = is_wanted ? w.length : i + 1;
	}
}

static void write_stream(void)
{
	static const char *const wanted[WEIR_DIRS][3] = {
		{ "PORT 1,2,3,4,5,6\r\n", "EPRT |2|2001:db8::1|4711|\r\n", "port 9,9\n" },
		{ "227 Entering (1,2,3,4,5,6).\r\n", "229 E (|||7|)\r\n", "227 x\n" },
	};
	static const char *const others[] = {
		"NOOP\r\n", "\n", "P\r\n", "22\r\n", "EPSV\r\n", "226 Done\r\n", "POR\n", "x PORT 1\r\n",
	};

	add_line("220 hello\r\n", false);
	while (w.length < 200 + dice(800))
		if (happens(50))
			add_line(wanted[w.dir][dice(3)], true);
		else
			add_line(others[dice(ARRAY_SIZE(others))], false);
}

static void put(struct queue *queue, const struct packet *packet)
{
	if (happens(w.weather.loss) || queue->count == QUEUE_MAX)
		return;
	queue->packets[queue->count++] = *packet;
}

static bool take(struct queue *queue, struct packet *packet)
{
	u32 which = happens(w.weather.reorder) ? dice(queue->count) : 0;

	if (!queue->count)
		return false;
	*packet = queue->packets[which];
	queue->count--;
	memmove(queue->packets + which, queue->packets + which + 1,
		(queue->count - which) * sizeof(*packet));
	return true;
}

/* Sends a part of the stream, and the end with its last byte or alone. */
static void send_part(u32 from, u32 to)
{
	struct packet packet = { .at = from, .length = to - from };

	if (to > w.length) {
		packet.fin = true;
		packet.length = w.length - from;
	}
	memcpy(packet.data, w.stream + from, packet.length);
	put(&w.to_line, &packet);
}

static void send_new(void)
{
	u32 to = w.sent + 1 + dice(w.weather.piece_max);

	if (w.sent > w.length || (w.weather.waits && w.acked < w.sent))
		return;
	to = to > w.length ? w.length + dice(2) : to;
	if (to <= w.sent)
		to = w.sent + 1;
	w.is_edge[w.sent] = true;
	send_part(w.sent, to);
	w.sent = to;
}

/* From what is not acknowledged on, or something old: one or more segments as one. */
static void send_again(void)
{
	u32 from = happens(80) ? w.acked : dice(w.sent), to;

	while (from && from != w.acked && !w.is_edge[from])
		from--;
	if (from >= w.sent)
		return;
	for (to = from + 1; to < w.sent; to++)
		if (w.is_edge[to] && happens(60))
			break;
	send_part(from, to);
}

static void step_line(void)
{
	struct weir_segment segment, result;
	struct packet packet;
	u8 *copy;

	if (!take(&w.to_line, &packet))
		return;
	/* Of their own size, so that the sanitizers see a byte too far. */
	copy = malloc(packet.length + !packet.length);
	memcpy(copy, packet.data, packet.length);
	segment = (struct weir_segment){
		.data = copy,
		.seq = w.first + packet.at,
		.length = packet.length,
		.fin = packet.fin,
	};
	if (weir_line_wants_room(&w.line, &segment) && !happens(w.weather.no_room))
		w.line.held = malloc(WEIR_LINE_MAX);
	if (weir_line_feed(&w.line, &segment, &result)) {
		packet.at = result.seq - w.first;
		packet.length = result.length;
		packet.fin = result.fin;
		memcpy(packet.data, result.data ?: copy, packet.length);
	}
	free(copy);
	if (!w.line.length) {
		free(w.line.held);
		w.line.held = NULL;
	}
	put(&w.to_receiver, &packet);
}

/* Whether the reader stops the packet: it begins with a line of interest and not its end. */
static bool is_stopped(const struct packet *packet)
{
	return packet->length && w.begins[packet->at] == packet->at &&
	       w.ends[packet->at] > packet->at + packet->length && w.ends[packet->at] - packet->at > 1;
}

/* A byte that is new is the stream's, and of a line of interest it comes with the whole. */
static void receive_byte(const struct packet *packet, u32 i)
{
	u32 at = packet->at + i;

	assert_true(at < w.length);
	assert_int_equal(packet->data[i], w.stream[at]);
	if (w.has[at])
		return;
	w.has[at] = true;
	/* Without room the whole line is kept by no one. */
	if (w.weather.no_room || (w.begins[at] == at && w.ends[at] == at + 1))
		return;
	assert_int_equal(packet->at, w.begins[at]);
	assert_true(packet->at + packet->length >= w.ends[at]);
}

static void step_receiver(void)
{
	struct packet packet, answer = { 0 };

	if (!take(&w.to_receiver, &packet) || is_stopped(&packet) ||
	    !(packet.length || packet.fin))
		return;
	for (u32 i = 0; i < packet.length; i++)
		receive_byte(&packet, i);
	while (w.received < w.length && w.has[w.received])
		w.received++;
	if (packet.fin) {
		assert_int_equal(packet.at + packet.length, w.length);
		w.has_fin = true;
	}
	answer.at = w.received + (w.received == w.length && w.has_fin);
	put(&w.back_to_line, &answer);
}

/* What is acknowledged the receiver has, or the line holds. */
static void step_ack(void)
{
	struct packet packet;

	if (!take(&w.back_to_line, &packet))
		return;
	packet.at = weir_line_acknowledge(&w.line, w.first + packet.at) - w.first;
	if (packet.at > w.received + w.has_fin) {
		assert_true(w.line.length);
		assert_true(w.line.start - w.first <= w.received);
		assert_true(w.line.start + w.line.length - w.first >= packet.at);
	}
	if (!w.line.length) {
		free(w.line.held);
		w.line.held = NULL;
	}
	put(&w.to_sender, &packet);
}

static void step_sender(void)
{
	struct packet packet;

	if (!take(&w.to_sender, &packet))
		return;
	assert_true(packet.at <= w.sent);
	if (packet.at > w.acked)
		w.acked = packet.at;
}

static void step(void)
{
	switch (dice(8)) {
	case 0:
		send_new();
		break;
	case 1:
		if (!w.to_line.count && happens(20))
			send_again();
		break;
	case 2:
	case 3:
		step_line();
		break;
	case 4:
	case 5:
		step_receiver();
		break;
	case 6:
		step_ack();
		break;
	case 7:
		step_sender();
		break;
	}
}

static void run(u32 seed, const struct weather *weather)
{
	u32 steps = 0;

	memset(&w, 0, sizeof(w));
	random_state = seed;
	w.weather = *weather;
	w.dir = seed % WEIR_DIRS;
	w.first = dice(2) ? -dice(1000) : dice(0xffffffff);
	write_stream();
	weir_line_init(&w.line, w.dir, w.first);
	while (w.acked <= w.length) {
		step();
		if (++steps > STEPS_MAX)
			fail_msg("seed %u: only %u of %u after %u steps", seed, w.acked, w.length, steps);
	}
	assert_int_equal(w.received, w.length);
	assert_true(w.has_fin);
	free(w.line.held);
}

static void run_many(const struct weather *weather)
{
	for (u32 seed = 1; seed <= RUNS; seed++)
		run(seed, weather);
}

static void streams_come_whole(void **state)
{
	run_many(&(struct weather){ .piece_max = 40 });
}

static void streams_of_single_bytes_come_whole(void **state)
{
	run_many(&(struct weather){ .piece_max = 1 });
}

static void senders_that_wait_are_not_left_waiting(void **state)
{
	run_many(&(struct weather){ .piece_max = 5, .waits = true });
}

static void what_is_lost_is_made_good(void **state)
{
	run_many(&(struct weather){ .piece_max = 20, .loss = 15 });
}

static void what_is_lost_to_those_who_wait_is_made_good(void **state)
{
	run_many(&(struct weather){ .piece_max = 8, .loss = 15, .waits = true });
}

static void what_is_reordered_is_put_in_order(void **state)
{
	run_many(&(struct weather){ .piece_max = 20, .reorder = 40 });
}

static void everything_at_once_is_survived(void **state)
{
	run_many(&(struct weather){ .piece_max = 30, .loss = 10, .reorder = 30 });
}

static void without_memory_the_stream_is_still_right(void **state)
{
	run_many(&(struct weather){ .piece_max = 30, .loss = 10, .reorder = 30, .no_room = 50 });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_come_whole),
		cmocka_unit_test(streams_of_single_bytes_come_whole),
		cmocka_unit_test(senders_that_wait_are_not_left_waiting),
		cmocka_unit_test(what_is_lost_is_made_good),
		cmocka_unit_test(what_is_lost_to_those_who_wait_is_made_good),
		cmocka_unit_test(what_is_reordered_is_put_in_order),
		cmocka_unit_test(everything_at_once_is_survived),
		cmocka_unit_test(without_memory_the_stream_is_still_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
