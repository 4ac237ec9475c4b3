// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of address and port rewriting: every checksum is as right as it was,
 * for a receiver who sums up the whole packet anew, whatever is known of it
 * before, and whoever else may read it.
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

enum { ROUNDS = 40 };

enum kind { TCP, UDP, UDP_ZERO, SCTP, AH, ESP, KINDS };
enum change { BOTH, ADDRESS, PORT, CHANGES };
enum shape { PLAIN, CLONED, IN_PIECES, BOTH_SHAPES };

static const char *const kinds[] = { "TCP", "UDP", "UDP with a zero checksum", "SCTP", "AH", "ESP" };
static const char *const changes[] = { "address and port", "address", "port" };
static const char *const summed[] = { "NONE", "UNNECESSARY", "COMPLETE", "PARTIAL" };
static const u8 protocols[] = { 6, 17, 17, 132, 51, 50 };

/**
 * struct trial - a packet, and what it is rewritten to
 * @family: AF_INET or AF_INET6
 * @kind: of the packet, or of what the error quotes
 * @change: what changes
 * @side: which end
 * @ip_summed: what is known of the packet's checksum
 * @to: the new end
 * @before: the packet
 * @after: what became of it
 * @quoted: of an ICMP error the whole packet that it quotes
 * @quoted_len: bytes of that in the error
 * @skb: the packet for the kernel
 */
struct trial {
	u8 family;
	enum kind kind;
	enum change change;
	enum weir_side side;
	u8 ip_summed;
	struct weir_endpoint to;
	struct wire before;
	struct wire after;
	struct wire quoted;
	unsigned int quoted_len;
	struct wire_skb skb;
};

static void expect(const struct trial *t, bool is_so, const char *what)
{
	if (!is_so)
		fail_msg("%s (IPv%d, %s, CHECKSUM_%s, %s of the %s)", what,
			 t->family == AF_INET ? 4 : 6, kinds[t->kind], summed[t->ip_summed],
			 changes[t->change], t->side == WEIR_SIDE_SOURCE ? "source" : "destination");
}

static bool is_pending(const struct trial *t)
{
	return t->ip_summed == CHECKSUM_PARTIAL;
}

/* Whether a rewritten packet's own checksum is looked after. */
static bool has_internet_sum(const struct trial *t)
{
	return t->kind == TCP || t->kind == UDP || (t->kind == UDP_ZERO && is_pending(t));
}

/* In place of the sum; sometimes the one that looks as if there were none. */
static void leave_pending(struct trial *t)
{
	u8 *addr = wire_addr(&t->before, wire_below(2));
	unsigned int size;
	u8 *check = wire_check(&t->before, &size);
	u16 sum;

	if (t->kind == UDP_ZERO) {
		sum = ~wire_pseudo(&t->before);
		wire_write16(addr, wire_sum(addr, 2, sum));
		wire_write16(check, 0);
		assert_int_equal(wire_pseudo(&t->before), 0xffff);
	} else {
		wire_write16(check, wire_pseudo(&t->before));
	}
}

static void build(struct wire *w, const struct trial *t)
{
	unsigned int size;

	wire_build(w, t->family, protocols[t->kind], wire_below(64));
	if (t->kind == UDP_ZERO)
		wire_write16(wire_check(w, &size), 0);
}

/* What @w is rewritten to; of an address alone or a port alone the other stays. */
static void choose_end(struct trial *t, struct wire *w, enum weir_side side)
{
	u8 *addr = (u8 *)&t->to.addr;
	unsigned int len = t->family == AF_INET ? 4 : 16;

	t->to = (struct weir_endpoint){ .family = t->family };
	for (unsigned int i = 0; i < len; i++)
		addr[i] = get_random_u32();
	if (t->change == PORT)
		memcpy(addr, wire_addr(w, side), len);
	if (t->change != ADDRESS)
		t->to.port = htons(1 + wire_below(65535));
}

static void receive(struct trial *t, enum shape shape)
{
	unsigned int linear = shape & IN_PIECES ? 1 + wire_below(t->before.len - 1) : t->before.len;

	wire_receive(&t->skb, &t->before, linear, 0, shape & CLONED, t->ip_summed);
}

static void rewrite(struct trial *t)
{
	struct weir_header header = wire_header(&t->before, 0);

	expect(t, weir_rewrite(&t->skb.skb, &header, t->side, &t->to), "it is rewritten");
	t->after = t->before;
	wire_send(&t->after, &t->skb);
}

static void verify_bytes(const struct trial *t)
{
	struct wire expected = t->before;

	wire_set_end(&expected, t->side, &t->to);
	wire_ignore_network_check(&expected, &t->after);
	if (has_internet_sum(t) || (t->kind == SCTP && !is_pending(t)))
		wire_ignore_check(&expected, &t->after);
	expect(t, wire_is_equal(&expected, &t->after), "the end changes and nothing else");
}

/* What the skb says of the packet. */
static void verify_summed(const struct trial *t)
{
	const struct sk_buff *skb = &t->skb.skb;

	if (t->ip_summed != CHECKSUM_COMPLETE) {
		expect(t, skb->ip_summed == t->ip_summed, "what is known stays known");
	} else if (!has_internet_sum(t)) {
		expect(t, skb->ip_summed == CHECKSUM_NONE, "a sum nobody keeps is forgotten");
	} else {
		expect(t, skb->ip_summed == CHECKSUM_COMPLETE, "the sum is still known");
		expect(t, wire_is_summed(&t->after, skb->csum), "the sum is the packet's");
	}
	if (is_pending(t))
		expect(t, skb->csum == t->skb.before.csum, "the same bytes are to be summed up");
}

static void verify(const struct trial *t)
{
	struct wire sent = t->after;
	unsigned int size;
	u8 *check = wire_check(&sent, &size);

	verify_bytes(t);
	verify_summed(t);
	expect(t, wire_network_fault(&t->after) == wire_network_fault(&t->before),
	       "the network header's checksum is as right as before");
	if (has_internet_sum(t) && sent.protocol == IPPROTO_UDP)
		expect(t, check[0] || check[1], "a sum of zero does not say that there is none");
	if (is_pending(t))
		wire_finish(&sent);
	expect(t, wire_fault(&sent) == (is_pending(t) ? 0 : wire_fault(&t->before)),
	       "the checksum is as right as before");
	expect(t, wire_is_untouched(&t->skb), "what others read is left alone");
}

static void try_packet(struct trial *t, enum shape shape)
{
	build(&t->before, t);
	if (is_pending(t) && has_internet_sum(t))
		leave_pending(t);
	choose_end(t, &t->before, t->side);
	receive(t, shape);
	rewrite(t);
	verify(t);
	wire_free(&t->skb);
}

/* Calls for every family, kind, side and change, many times. */
static void for_each_trial(u8 ip_summed, void (*try)(struct trial *t, enum shape shape),
			   enum shape shape)
{
	static struct trial t;

	for (int i = 0; i < 2 * KINDS * CHANGES * 2 * ROUNDS; i++) {
		t.ip_summed = ip_summed;
		t.family = i % 2 ? AF_INET : AF_INET6;
		t.side = i / 2 % 2;
		t.kind = i / 4 % KINDS;
		t.change = i / 4 / KINDS % CHANGES;
		/* Nobody leaves them to a device. */
		if (is_pending(&t) && (t.kind == AH || t.kind == ESP))
			continue;
		try(&t, shape);
	}
}

static void for_all_sums(void (*try)(struct trial *t, enum shape shape), enum shape shape)
{
	for (u8 ip_summed = CHECKSUM_NONE; ip_summed <= CHECKSUM_PARTIAL; ip_summed++)
		for_each_trial(ip_summed, try, shape);
}

static void what_the_tests_sum_up_agrees_with_published_sums(void **state)
{
	/* RFC 1071 section 3; RFC 3720 section B.4. */
	static const u8 words[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
	static const u8 zeros[32];

	assert_int_equal(wire_sum(words, sizeof(words), 0), 0xddf2);
	assert_int_equal(wire_crc32c(zeros, sizeof(zeros)), 0x8a9136aa);
	assert_int_equal(wire_crc32c((const u8 *)"123456789", 9), 0xe3069283);
}

static void packets_nobody_has_verified_stay_right(void **state)
{
	for_each_trial(CHECKSUM_NONE, try_packet, PLAIN);
}

static void packets_the_card_has_verified_stay_right(void **state)
{
	for_each_trial(CHECKSUM_UNNECESSARY, try_packet, PLAIN);
}

static void packets_the_card_has_summed_up_stay_right(void **state)
{
	for_each_trial(CHECKSUM_COMPLETE, try_packet, PLAIN);
}

static void packets_the_card_is_to_sum_up_become_right(void **state)
{
	for_each_trial(CHECKSUM_PARTIAL, try_packet, PLAIN);
}

static void packets_others_read_are_copied(void **state)
{
	for_all_sums(try_packet, CLONED);
}

static void packets_in_pieces_are_rewritten(void **state)
{
	for_all_sums(try_packet, IN_PIECES);
	for_all_sums(try_packet, BOTH_SHAPES);
}

static void try_wrong_packet(struct trial *t, enum shape shape)
{
	unsigned int size;
	u8 *check;

	build(&t->before, t);
	check = wire_check(&t->before, &size);
	if (!has_internet_sum(t) && t->kind != SCTP)
		return;
	/* Not 0, which says that there is none, and not the other form of the right one. */
	do
		check[1] += 1 + wire_below(254);
	while (!check[0] && !check[1]);
	assert_int_not_equal(wire_fault(&t->before), 0);
	if (t->family == AF_INET)
		t->before.bytes[10] ^= 1 + wire_below(255);
	choose_end(t, &t->before, t->side);
	receive(t, shape);
	rewrite(t);
	verify(t);
	wire_free(&t->skb);
}

static void a_wrong_checksum_stays_wrong(void **state)
{
	for_each_trial(CHECKSUM_NONE, try_wrong_packet, PLAIN);
	for_each_trial(CHECKSUM_UNNECESSARY, try_wrong_packet, PLAIN);
}

/* Changes the payload so that @w sums up to zero once its end has changed. */
static void aim_at_zero(struct wire *w, const struct trial *t, enum weir_side side)
{
	u8 *payload = w->bytes + w->l4 + (t->kind == TCP ? w->bytes[w->l4 + 12] / 16 * 4 : 8);
	struct wire changed = *w;
	unsigned int size;
	u8 *check = wire_check(&changed, &size);

	wire_set_end(&changed, side, &t->to);
	wire_sum_up(&changed);
	wire_write16(payload, wire_sum(payload, 2, check[0] << 8 | check[1]));
	wire_sum_up(w);
}

static void try_zero(struct trial *t, enum shape shape)
{
	unsigned int size;
	u8 *check;

	if (t->kind != TCP && t->kind != UDP)
		return;
	wire_build(&t->before, t->family, protocols[t->kind], 2 + wire_below(64));
	choose_end(t, &t->before, t->side);
	aim_at_zero(&t->before, t, t->side);
	receive(t, shape);
	rewrite(t);
	verify(t);
	check = wire_check(&t->after, &size);
	expect(t, check[0] == check[1] && check[0] == (t->kind == UDP ? 0xff : 0),
	       "the sum comes out as zero, of UDP as all ones");
	wire_free(&t->skb);
}

static void a_sum_of_zero_is_sent_as_all_ones_by_udp_alone(void **state)
{
	for_each_trial(CHECKSUM_NONE, try_zero, PLAIN);
	for_each_trial(CHECKSUM_UNNECESSARY, try_zero, PLAIN);
	for_each_trial(CHECKSUM_COMPLETE, try_zero, PLAIN);
}

static void try_without_memory(struct trial *t, enum shape shape)
{
	struct weir_header header;

	build(&t->before, t);
	choose_end(t, &t->before, t->side);
	header = wire_header(&t->before, 0);
	wire_receive(&t->skb, &t->before, shape & IN_PIECES ? 1 : t->before.len, 0,
		     shape & CLONED, t->ip_summed);
	kstub_fail_allocation(1);
	expect(t, !weir_rewrite(&t->skb.skb, &header, t->side, &t->to), "there is no memory");
	t->after = t->before;
	wire_send(&t->after, &t->skb);
	expect(t, wire_is_equal(&t->before, &t->after), "the packet is as it was");
	expect(t, !memcmp(&t->skb.before, &t->skb.skb, sizeof(t->skb.skb)),
	       "what is known of the packet is as it was");
	wire_free(&t->skb);
}

static void without_memory_the_packet_stays_as_it_was(void **state)
{
	for_all_sums(try_without_memory, CLONED);
	for_all_sums(try_without_memory, IN_PIECES);
}

/* Half of them whole, the others cut behind the eighth byte or later. */
static void build_error(struct trial *t)
{
	unsigned int least;

	build(&t->quoted, t);
	choose_end(t, &t->quoted, weir_side_opposite(t->side));
	if (t->kind == UDP && t->quoted.len - t->quoted.l4 >= 10 && !wire_below(4))
		aim_at_zero(&t->quoted, t, weir_side_opposite(t->side));
	least = t->quoted.l4 + 8;
	t->quoted_len = t->quoted.len;
	if (wire_below(2))
		t->quoted_len = least + wire_below(t->quoted.len - least + 1);
	wire_build_error(&t->before, t->family, &t->quoted, t->quoted_len);
}

/* Whether the quoted transport's checksum is there, and kept. */
static bool quotes_check(const struct trial *t)
{
	return t->kind == UDP || (t->kind == TCP && t->quoted_len >= t->quoted.l4 + 20);
}

static void verify_error(const struct trial *t)
{
	unsigned int at = t->before.l4 + 8;
	const struct weir_endpoint outer_to = { .addr = t->to.addr };
	struct wire expected = t->before, quoted = t->quoted, sent = t->quoted;
	unsigned int size;
	u8 *check = wire_check(&sent, &size);

	memcpy(sent.bytes, t->after.bytes + at, t->quoted_len);
	wire_set_end(&quoted, weir_side_opposite(t->side), &t->to);
	wire_ignore_network_check(&quoted, &sent);
	if (quotes_check(t))
		wire_ignore_check(&quoted, &sent);
	wire_set_end(&expected, t->side, &outer_to);
	memcpy(expected.bytes + at, quoted.bytes, t->quoted_len);
	wire_ignore_network_check(&expected, &t->after);
	wire_ignore_check(&expected, &t->after);

	expect(t, wire_is_equal(&expected, &t->after), "both ends change and nothing else");
	expect(t, !wire_network_fault(&t->after) && !wire_network_fault(&sent),
	       "the network headers' checksums are right");
	expect(t, !wire_fault(&t->after), "the checksum of ICMP is right");
	if (quotes_check(t))
		expect(t, !wire_fault(&sent), "the quoted checksum is right");
	if (t->kind == UDP)
		expect(t, check[0] || check[1], "a quoted sum of zero is all ones");
	expect(t, t->skb.skb.ip_summed == CHECKSUM_NONE, "what was known is forgotten");
	expect(t, wire_is_untouched(&t->skb), "what others read is left alone");
}

static void try_error(struct trial *t, enum shape shape)
{
	struct weir_packet pkt = { .skb = &t->skb.skb, .is_icmp_error = true };

	build_error(t);
	receive(t, shape);
	pkt.outer = wire_header(&t->before, 0);
	pkt.quoted = wire_header(&t->quoted, t->before.l4 + 8);
	expect(t, weir_rewrite_icmp_error(&pkt, t->side, &t->to), "it is rewritten");
	t->after = t->before;
	wire_send(&t->after, &t->skb);
	verify_error(t);
	wire_free(&t->skb);
}

static void icmp_errors_and_what_they_quote_are_right(void **state)
{
	for_all_sums(try_error, PLAIN);
}

static void icmp_errors_others_read_are_copied(void **state)
{
	for_all_sums(try_error, CLONED);
}

static void icmp_errors_in_pieces_are_rewritten(void **state)
{
	for_all_sums(try_error, IN_PIECES);
	for_all_sums(try_error, BOTH_SHAPES);
}

static void try_error_without_memory(struct trial *t, enum shape shape)
{
	struct weir_packet pkt = { .skb = &t->skb.skb, .is_icmp_error = true };

	build_error(t);
	wire_receive(&t->skb, &t->before, t->before.len, 0, true, t->ip_summed);
	pkt.outer = wire_header(&t->before, 0);
	pkt.quoted = wire_header(&t->quoted, t->before.l4 + 8);
	kstub_fail_allocation(1);
	expect(t, !weir_rewrite_icmp_error(&pkt, t->side, &t->to), "there is no memory");
	expect(t, wire_is_untouched(&t->skb), "what others read is left alone");
	wire_free(&t->skb);
}

static void without_memory_an_icmp_error_is_refused(void **state)
{
	for_all_sums(try_error_without_memory, CLONED);
}

static void a_hop_is_taken_from_every_ttl(void **state)
{
	static struct trial t;

	for (int i = 0; i < 2 * 254 * ROUNDS; i++) {
		struct weir_packet pkt = { .skb = &t.skb.skb };
		u8 ttl = 2 + i / 2 % 254;
		struct wire expected;

		t.family = i % 2 ? AF_INET : AF_INET6;
		t.kind = UDP;
		build(&t.before, &t);
		t.before.bytes[t.family == AF_INET ? 8 : 7] = ttl;
		wire_sum_up(&t.before);
		receive(&t, PLAIN);
		pkt.outer = wire_header(&t.before, 0);
		weir_rewrite_ttl(&pkt);
		t.after = expected = t.before;
		wire_send(&t.after, &t.skb);
		expected.bytes[t.family == AF_INET ? 8 : 7]--;
		wire_ignore_network_check(&expected, &t.after);
		assert_true(wire_is_equal(&expected, &t.after));
		assert_int_equal(wire_network_fault(&t.after), 0);
		wire_free(&t.skb);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_tests_sum_up_agrees_with_published_sums),
		cmocka_unit_test(packets_nobody_has_verified_stay_right),
		cmocka_unit_test(packets_the_card_has_verified_stay_right),
		cmocka_unit_test(packets_the_card_has_summed_up_stay_right),
		cmocka_unit_test(packets_the_card_is_to_sum_up_become_right),
		cmocka_unit_test(packets_others_read_are_copied),
		cmocka_unit_test(packets_in_pieces_are_rewritten),
		cmocka_unit_test(a_wrong_checksum_stays_wrong),
		cmocka_unit_test(a_sum_of_zero_is_sent_as_all_ones_by_udp_alone),
		cmocka_unit_test(without_memory_the_packet_stays_as_it_was),
		cmocka_unit_test(icmp_errors_and_what_they_quote_are_right),
		cmocka_unit_test(icmp_errors_others_read_are_copied),
		cmocka_unit_test(icmp_errors_in_pieces_are_rewritten),
		cmocka_unit_test(without_memory_an_icmp_error_is_refused),
		cmocka_unit_test(a_hop_is_taken_from_every_ttl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
