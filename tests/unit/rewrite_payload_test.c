// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of what is changed inside a TCP segment: its payload, of whatever
 * length, and its acknowledgment number; and of the RST that is made of one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <linux/random.h>

#include "kstub.h"
#include "wire.h"

enum { ROUNDS = 1000, PAYLOAD_MAX = 300 };
enum { SEQ = 4, ACK = 8, OFFSET = 12, FLAGS = 13, WINDOW = 14, CHECK = 16, URGENT = 18 };
enum { HEADER = 20 };
enum { FIN = 0x01, RST = 0x04, ACKED = 0x10, URG = 0x20 };

/**
 * struct trial - a segment, and what it is to carry
 * @before: the segment
 * @after: what became of it
 * @skb: the segment for the kernel
 * @pkt: the same
 * @start: where the payload is
 * @data: the new payload
 * @to: it
 */
struct trial {
	struct wire before;
	struct wire after;
	struct wire_skb skb;
	struct weir_packet pkt;
	unsigned int start;
	u8 data[PAYLOAD_MAX];
	struct weir_segment to;
};

static struct trial t;

static void write32(u8 *at, u32 value)
{
	wire_write16(at, value >> 16);
	wire_write16(at + 2, value);
}

/*
 * Round @i of many: all that is known of a checksum, and both families. In pieces, any
 * of it may be in the second.
 */
static void begin_as(int i, unsigned int tailroom, bool is_cloned, bool is_in_pieces)
{
	unsigned int linear;
	u8 ip_summed = i % 4;

	wire_build(&t.before, i / 4 % 2 ? AF_INET : AF_INET6, IPPROTO_TCP, wire_below(PAYLOAD_MAX));
	if (ip_summed == CHECKSUM_PARTIAL)
		wire_write16(t.before.bytes + t.before.l4 + CHECK, wire_pseudo(&t.before));
	linear = is_in_pieces ? wire_below(t.before.len) : t.before.len;
	wire_receive(&t.skb, &t.before, linear, tailroom, is_cloned, ip_summed);
	t.start = t.before.l4 + t.before.bytes[t.before.l4 + 12] / 16 * 4;
	t.pkt = (struct weir_packet){ .skb = &t.skb.skb, .outer = wire_header(&t.before, 0) };
}

static void begin(int i, unsigned int tailroom, bool is_cloned)
{
	begin_as(i, tailroom, is_cloned, false);
}

static void take(void)
{
	t.after = t.before;
	wire_send(&t.after, &t.skb);
}

static void choose_payload(bool is_kept)
{
	unsigned int most = is_kept ? t.before.len - t.start : PAYLOAD_MAX;

	for (int i = 0; i < PAYLOAD_MAX; i++)
		t.data[i] = get_random_u32();
	t.to = (struct weir_segment){
		.data = is_kept ? NULL : t.data,
		.length = wire_below(most + 1),
		.seq = get_random_u32(),
		.fin = wire_below(2),
	};
}

/* That the segment left like @expected, of @len bytes, but for its checksums. */
static void expect_like(struct wire *expected, unsigned int len)
{
	expected->len = len;
	if (expected->family == AF_INET)
		wire_write16(expected->bytes + 2, len);
	else
		wire_write16(expected->bytes + 4, len - 40);
	wire_ignore_check(expected, &t.after);
	wire_ignore_network_check(expected, &t.after);
	assert_true(wire_is_equal(expected, &t.after));
}

static void expect_bytes(void)
{
	struct wire expected = t.before;
	u8 *tcp = expected.bytes + expected.l4;

	if (t.to.data)
		memcpy(expected.bytes + t.start, t.to.data, t.to.length);
	write32(tcp + SEQ, t.to.seq);
	tcp[FLAGS] = (tcp[FLAGS] & ~(FIN | URG)) | (t.to.fin ? FIN : 0);
	wire_write16(tcp + URGENT, 0);
	expect_like(&expected, t.start + t.to.length);
}

static void expect_reset(void)
{
	struct wire expected = t.before;
	u8 *tcp = expected.bytes + expected.l4;

	tcp[OFFSET] = HEADER / 4 << 4;
	tcp[FLAGS] = RST | (tcp[FLAGS] & ACKED);
	wire_write16(tcp + WINDOW, 0);
	wire_write16(tcp + URGENT, 0);
	expect_like(&expected, t.before.l4 + HEADER);
}

/* What is left to a device, and that it makes the segment right. */
static void expect_sums(void)
{
	const struct sk_buff *skb = &t.skb.skb;
	struct wire sent = t.after;

	assert_int_equal(wire_network_fault(&t.after), 0);
	assert_int_equal(skb->ip_summed, CHECKSUM_PARTIAL);
	assert_int_equal(skb->csum_start, skb_headroom(skb) + t.before.l4);
	assert_int_equal(skb->csum_offset, CHECK);
	wire_finish(&sent);
	assert_int_equal(wire_fault(&sent), 0);
}

static void try_payload(int i, unsigned int tailroom, bool is_cloned, bool is_kept)
{
	begin(i, tailroom, is_cloned);
	choose_payload(is_kept);
	assert_true(weir_rewrite_payload(&t.pkt, &t.to));
	take();
	expect_bytes();
	expect_sums();
	assert_int_equal(t.pkt.outer.length, t.after.len);
	assert_true(wire_is_untouched(&t.skb));
	wire_free(&t.skb);
}

static void a_payload_of_another_length_is_carried(void **state)
{
	for (int i = 0; i < 8 * ROUNDS; i++)
		try_payload(i, wire_below(2) ? 0 : wire_below(PAYLOAD_MAX), false, false);
}

static void a_payload_is_cut(void **state)
{
	for (int i = 0; i < 8 * ROUNDS; i++)
		try_payload(i, 0, false, true);
}

static void a_segment_others_read_is_copied(void **state)
{
	for (int i = 0; i < 8 * ROUNDS; i++)
		try_payload(i, wire_below(2) ? 0 : wire_below(PAYLOAD_MAX), true, wire_below(2));
}

static void segments_of_a_large_packet_are_counted_anew(void **state)
{
	for (int i = 0; i < 8 * ROUNDS; i++) {
		struct skb_shared_info *shared = skb_shinfo(&t.skb.skb);
		unsigned int size = 1 + wire_below(PAYLOAD_MAX / 2), segments;

		begin(i, 0, false);
		*shared = (struct skb_shared_info){ .gso_size = size, .gso_segs = 99, .gso_type = 1 };
		choose_payload(false);
		assert_true(weir_rewrite_payload(&t.pkt, &t.to));
		segments = t.to.length / size + !!(t.to.length % size);
		if (segments > 1) {
			assert_int_equal(shared->gso_size, size);
			assert_int_equal(shared->gso_segs, segments);
		} else {
			assert_int_equal(shared->gso_size, 0);
			assert_int_equal(shared->gso_segs, 0);
		}
		wire_free(&t.skb);
	}
}

/* Two are needed of a clone that grows. */
static void without_memory_a_segment_is_refused(void **state)
{
	for (int i = 0; i < 8 * ROUNDS; i++) {
		bool is_cloned = wire_below(2);

		begin(i, 0, is_cloned);
		choose_payload(false);
		t.to.length = t.before.len - t.start + 1 + wire_below(20);
		if (t.to.length <= PAYLOAD_MAX) {
			kstub_fail_allocation(is_cloned ? 1 + wire_below(2) : 1);
			assert_false(weir_rewrite_payload(&t.pkt, &t.to));
		}
		assert_true(wire_is_untouched(&t.skb));
		wire_free(&t.skb);
	}
}

static void an_acknowledgment_is_changed_and_the_sums_with_it(void **state)
{
	for (int i = 0; i < 8 * ROUNDS; i++) {
		const struct sk_buff *skb = &t.skb.skb;
		u32 ack = get_random_u32();
		struct wire expected;

		begin(i, 0, false);
		weir_rewrite_ack(&t.pkt, ack);
		take();
		expected = t.before;
		write32(expected.bytes + expected.l4 + ACK, ack);
		if (skb->ip_summed != CHECKSUM_PARTIAL)
			wire_ignore_check(&expected, &t.after);
		assert_true(wire_is_equal(&expected, &t.after));
		assert_int_equal(skb->ip_summed, t.skb.before.ip_summed);
		if (skb->ip_summed == CHECKSUM_COMPLETE)
			assert_true(wire_is_summed(&t.after, skb->csum));
		if (skb->ip_summed == CHECKSUM_PARTIAL)
			wire_finish(&t.after);
		assert_int_equal(wire_fault(&t.after), 0);
		wire_free(&t.skb);
	}
}

static void a_segment_becomes_a_reset(void **state)
{
	for (int i = 0; i < 8 * ROUNDS; i++) {
		struct skb_shared_info *shared = skb_shinfo(&t.skb.skb);

		begin_as(i, 0, wire_below(2), wire_below(2));
		if (wire_below(2))
			*shared = (struct skb_shared_info){ .gso_size = 100, .gso_segs = 3, .gso_type = 1 };
		assert_true(weir_rewrite_reset(&t.pkt));
		take();
		expect_reset();
		expect_sums();
		assert_int_equal(t.pkt.outer.length, t.after.len);
		assert_int_equal(shared->gso_size, 0);
		assert_int_equal(shared->gso_segs, 0);
		assert_true(wire_is_untouched(&t.skb));
		wire_free(&t.skb);
	}
}

static void without_memory_no_segment_becomes_a_reset(void **state)
{
	for (int i = 0; i < 8 * ROUNDS; i++) {
		begin_as(i, 0, true, wire_below(2));
		kstub_fail_allocation(1);
		assert_false(weir_rewrite_reset(&t.pkt));
		assert_true(wire_is_untouched(&t.skb));
		wire_free(&t.skb);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_payload_of_another_length_is_carried),
		cmocka_unit_test(a_payload_is_cut),
		cmocka_unit_test(a_segment_others_read_is_copied),
		cmocka_unit_test(segments_of_a_large_packet_are_counted_anew),
		cmocka_unit_test(without_memory_a_segment_is_refused),
		cmocka_unit_test(an_acknowledgment_is_changed_and_the_sums_with_it),
		cmocka_unit_test(a_segment_becomes_a_reset),
		cmocka_unit_test(without_memory_no_segment_becomes_a_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
