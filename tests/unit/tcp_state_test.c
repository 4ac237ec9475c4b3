// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the TCP state table, told as the segments a director sees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tcp_state.h"

static const enum weir_view CLIENT = WEIR_VIEW_CLIENT;
static const enum weir_view SERVER = WEIR_VIEW_SERVER;
static const enum weir_view ONLY = WEIR_VIEW_CLIENT_ONLY;

enum {
	FIN = WEIR_TCP_FIN,
	SYN = WEIR_TCP_SYN,
	RST = WEIR_TCP_RST,
	ACK = WEIR_TCP_ACK,
	PSH = 0x08,
	URG = 0x20,
	ECE = 0x40,
	CWR = 0x80,
};

static const enum weir_tcp_state NONE = WEIR_TCP_STATE_NONE;
static const enum weir_tcp_state SYN_SENT = WEIR_TCP_STATE_SYN_SENT;
static const enum weir_tcp_state SYN_RECEIVED = WEIR_TCP_STATE_SYN_RECEIVED;
static const enum weir_tcp_state ESTABLISHED = WEIR_TCP_STATE_ESTABLISHED;
static const enum weir_tcp_state FIN_WAIT = WEIR_TCP_STATE_FIN_WAIT;
static const enum weir_tcp_state CLOSE_WAIT = WEIR_TCP_STATE_CLOSE_WAIT;
static const enum weir_tcp_state LAST_ACK = WEIR_TCP_STATE_LAST_ACK;
static const enum weir_tcp_state TIME_WAIT = WEIR_TCP_STATE_TIME_WAIT;
static const enum weir_tcp_state CLOSED = WEIR_TCP_STATE_CLOSED;

#define STATES (WEIR_TCP_STATE_CLOSED + 1)

struct step {
	enum weir_view view;
	u8 flags;
	enum weir_tcp_state state;
};

/* From @state on, each step leads where it says. */
static void assert_steps(enum weir_tcp_state state, const struct step *steps, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		state = weir_tcp_next(state, steps[i].view, steps[i].flags);
		assert_int_equal(state, steps[i].state);
	}
}

#define assert_story(state, ...) \
	assert_steps(state, (const struct step[]){ __VA_ARGS__ }, \
		     sizeof((const struct step[]){ __VA_ARGS__ }) / sizeof(struct step))

static void nat_handshake_is_established_by_the_clients_ack(void **state)
{
	assert_story(NONE,
		     { CLIENT, SYN, SYN_SENT },
		     { SERVER, SYN | ACK, SYN_RECEIVED },
		     { CLIENT, ACK, ESTABLISHED },
		     { CLIENT, PSH | ACK, ESTABLISHED },
		     { SERVER, ACK, ESTABLISHED },
		     { SERVER, PSH | ACK, ESTABLISHED });
}

static void nat_handshake_survives_retransmission(void **state)
{
	assert_story(NONE,
		     { CLIENT, SYN, SYN_SENT },
		     { CLIENT, SYN, SYN_SENT },
		     { SERVER, SYN | ACK, SYN_RECEIVED },
		     { CLIENT, SYN, SYN_RECEIVED },
		     { SERVER, SYN | ACK, SYN_RECEIVED },
		     { CLIENT, ACK, ESTABLISHED });
}

static void nat_client_alone_never_gets_the_long_timeout(void **state)
{
	int flags;

	for (flags = 0; flags < 256; flags++) {
		enum weir_tcp_state next = weir_tcp_next(SYN_SENT, CLIENT, flags);

		assert_int_equal(next, flags & RST ? CLOSED : SYN_SENT);
	}
}

static void nat_server_may_open_as_ftp_does(void **state)
{
	assert_story(NONE,
		     { SERVER, SYN, SYN_RECEIVED },
		     { CLIENT, SYN | ACK, ESTABLISHED },
		     { SERVER, ACK, ESTABLISHED });
}

static void nat_both_may_open_at_once(void **state)
{
	assert_story(NONE,
		     { CLIENT, SYN, SYN_SENT },
		     { SERVER, SYN, SYN_RECEIVED },
		     { CLIENT, SYN | ACK, ESTABLISHED },
		     { SERVER, SYN | ACK, ESTABLISHED });
}

static void nat_challenge_ack_does_not_establish(void **state)
{
	assert_story(NONE,
		     { CLIENT, SYN, SYN_SENT },
		     { SERVER, ACK, SYN_SENT },
		     { CLIENT, RST, CLOSED });
}

static void nat_client_may_close_first(void **state)
{
	assert_story(ESTABLISHED,
		     { CLIENT, FIN | ACK, FIN_WAIT },
		     { SERVER, ACK, FIN_WAIT },
		     { SERVER, PSH | ACK, FIN_WAIT },
		     { CLIENT, ACK, FIN_WAIT },
		     { SERVER, FIN | ACK, LAST_ACK },
		     { CLIENT, ACK, TIME_WAIT },
		     { CLIENT, ACK, TIME_WAIT },
		     { SERVER, FIN | ACK, TIME_WAIT });
}

static void nat_server_may_close_first(void **state)
{
	assert_story(ESTABLISHED,
		     { SERVER, FIN | ACK, CLOSE_WAIT },
		     { CLIENT, ACK, CLOSE_WAIT },
		     { CLIENT, PSH | ACK, CLOSE_WAIT },
		     { SERVER, ACK, CLOSE_WAIT },
		     { CLIENT, FIN | ACK, LAST_ACK },
		     { SERVER, ACK, TIME_WAIT },
		     { CLIENT, FIN | ACK, TIME_WAIT });
}

static void nat_both_may_close_at_once(void **state)
{
	assert_story(ESTABLISHED,
		     { CLIENT, FIN | ACK, FIN_WAIT },
		     { SERVER, FIN | ACK, LAST_ACK },
		     { CLIENT, ACK, TIME_WAIT },
		     { SERVER, ACK, TIME_WAIT });
}

static void nat_close_survives_retransmission(void **state)
{
	assert_story(ESTABLISHED,
		     { CLIENT, FIN | ACK, FIN_WAIT },
		     { CLIENT, FIN | ACK, FIN_WAIT },
		     { SERVER, FIN | ACK, LAST_ACK },
		     { SERVER, FIN | ACK, LAST_ACK },
		     { CLIENT, FIN | ACK, LAST_ACK },
		     { CLIENT, ACK, TIME_WAIT });
	assert_story(ESTABLISHED,
		     { SERVER, FIN | ACK, CLOSE_WAIT },
		     { SERVER, FIN | ACK, CLOSE_WAIT });
}

static void nat_fin_may_come_before_the_handshakes_end(void **state)
{
	assert_story(SYN_RECEIVED, { CLIENT, FIN | ACK, FIN_WAIT });
	assert_story(SYN_RECEIVED, { SERVER, FIN | ACK, CLOSE_WAIT });
	assert_story(SYN_SENT, { SERVER, FIN | ACK, SYN_SENT });
}

static void nat_servers_ack_waits_for_the_clients(void **state)
{
	assert_story(SYN_RECEIVED,
		     { SERVER, ACK, SYN_RECEIVED },
		     { CLIENT, ACK, ESTABLISHED });
}

static void direct_client_alone_is_established_and_closed(void **state)
{
	assert_story(NONE,
		     { ONLY, SYN, SYN_SENT },
		     { ONLY, SYN, SYN_SENT },
		     { ONLY, ACK, ESTABLISHED },
		     { ONLY, PSH | ACK, ESTABLISHED },
		     { ONLY, FIN | ACK, FIN_WAIT },
		     { ONLY, ACK, FIN_WAIT },
		     { ONLY, FIN | ACK, FIN_WAIT },
		     { ONLY, ACK, FIN_WAIT });
}

static void direct_fin_may_be_the_first_after_the_syn(void **state)
{
	assert_story(NONE,
		     { ONLY, SYN, SYN_SENT },
		     { ONLY, FIN | ACK, FIN_WAIT });
}

static void direct_syn_ack_of_a_client_opens_nothing(void **state)
{
	assert_story(NONE, { ONLY, SYN | ACK, NONE });
	assert_story(SYN_SENT, { ONLY, SYN | ACK, SYN_SENT });
	assert_story(NONE, { CLIENT, SYN | ACK, NONE });
}

static void rst_closes_from_every_state_in_every_view(void **state)
{
	enum weir_tcp_state from;
	enum weir_view view;
	int flags;

	for (from = 0; from < STATES; from++)
		for (view = 0; view < WEIR_VIEWS; view++)
			for (flags = 0; flags < 256; flags++)
				if (flags & RST)
					assert_int_equal(weir_tcp_next(from, view, flags), CLOSED);
}

static void a_late_syn_leaves_established_alone(void **state)
{
	assert_story(ESTABLISHED, { CLIENT, SYN, ESTABLISHED });
	assert_story(ESTABLISHED, { ONLY, SYN, ESTABLISHED });
	assert_story(ESTABLISHED, { SERVER, SYN, ESTABLISHED });
	assert_story(ESTABLISHED, { SERVER, SYN | ACK, ESTABLISHED });
	assert_story(ESTABLISHED, { CLIENT, SYN | ACK, ESTABLISHED });
	assert_story(ESTABLISHED, { ONLY, SYN | ACK, ESTABLISHED });
}

static void midstream_conns_begin_established(void **state)
{
	assert_story(NONE, { CLIENT, ACK, ESTABLISHED });
	assert_story(NONE, { ONLY, PSH | ACK, ESTABLISHED });
	assert_story(NONE, { SERVER, ACK, ESTABLISHED });
	assert_story(NONE, { CLIENT, FIN | ACK, FIN_WAIT });
	assert_story(NONE, { ONLY, FIN | ACK, FIN_WAIT });
	assert_story(NONE, { SERVER, FIN | ACK, CLOSE_WAIT });
	assert_story(NONE, { SERVER, SYN | ACK, SYN_RECEIVED });
}

static void a_bare_syn_opens_anew_exactly_where_conns_are_reusable(void **state)
{
	enum weir_tcp_state from;

	for (from = SYN_SENT; from < STATES; from++) {
		bool reusable = weir_tcp_is_reusable(from);

		assert_int_equal(weir_tcp_next(from, CLIENT, SYN), reusable ? SYN_SENT : from);
		assert_int_equal(weir_tcp_next(from, ONLY, SYN), reusable ? SYN_SENT : from);
		if (from != SYN_SENT)
			assert_int_equal(weir_tcp_next(from, SERVER, SYN),
					 reusable ? SYN_RECEIVED : from);
	}
}

static void a_late_segment_reopens_nothing_that_has_closed(void **state)
{
	const int flags[] = { SYN | ACK, FIN, FIN | ACK, ACK };
	const enum weir_tcp_state ended[] = { TIME_WAIT, CLOSED };
	enum weir_view view;
	unsigned int f, e;

	for (e = 0; e < 2; e++)
		for (view = 0; view < WEIR_VIEWS; view++)
			for (f = 0; f < 4; f++)
				assert_int_equal(weir_tcp_next(ended[e], view, flags[f]), ended[e]);
}

/* Views that a conn should not meet in such a state still agree with the others. */
static void direct_conns_in_a_state_of_nat_can_end(void **state)
{
	assert_story(SYN_RECEIVED, { ONLY, SYN, SYN_RECEIVED }, { ONLY, ACK, ESTABLISHED });
	assert_story(SYN_RECEIVED, { ONLY, SYN | ACK, ESTABLISHED });
	assert_story(SYN_RECEIVED, { ONLY, FIN | ACK, FIN_WAIT });
	assert_story(CLOSE_WAIT, { ONLY, ACK, CLOSE_WAIT }, { ONLY, FIN | ACK, LAST_ACK },
		     { ONLY, FIN | ACK, LAST_ACK }, { ONLY, ACK, TIME_WAIT });
}

static void syn_ack_changes_nothing_that_is_closing(void **state)
{
	enum weir_tcp_state from;
	enum weir_view view;

	for (from = FIN_WAIT; from < STATES; from++)
		for (view = 0; view < WEIR_VIEWS; view++)
			assert_int_equal(weir_tcp_next(from, view, SYN | ACK), from);
}

static void rst_outranks_syn_outranks_fin_outranks_ack(void **state)
{
	assert_story(ESTABLISHED, { CLIENT, RST | SYN | FIN | ACK, CLOSED });
	assert_story(NONE, { CLIENT, SYN | FIN, SYN_SENT });
	assert_story(SYN_SENT, { SERVER, SYN | FIN | ACK, SYN_RECEIVED });
	assert_story(ESTABLISHED, { CLIENT, FIN | ACK, FIN_WAIT });
	assert_story(ESTABLISHED, { CLIENT, FIN, FIN_WAIT });
}

static void segments_without_a_telling_flag_change_nothing(void **state)
{
	enum weir_tcp_state from;
	enum weir_view view;

	for (from = 0; from < STATES; from++) {
		for (view = 0; view < WEIR_VIEWS; view++) {
			assert_int_equal(weir_tcp_next(from, view, 0), from);
			assert_int_equal(weir_tcp_next(from, view, PSH | URG), from);
		}
	}
}

/* Also where flags are ignored: only four bits decide. */
static void every_state_view_and_flags_lead_to_a_state(void **state)
{
	enum weir_tcp_state from;
	enum weir_view view;
	int flags;

	for (from = 0; from < STATES; from++) {
		for (view = 0; view < WEIR_VIEWS; view++) {
			for (flags = 0; flags < 256; flags++) {
				enum weir_tcp_state next = weir_tcp_next(from, view, flags);

				assert_in_range(next, 0, STATES - 1);
				assert_true(next != NONE || from == NONE);
				assert_int_equal(next, weir_tcp_next(from, view,
						 flags ^ (PSH | URG | ECE | CWR)));
			}
		}
	}
}

static void every_state_has_its_timeout(void **state)
{
	assert_int_equal(weir_tcp_timeout(NONE), WEIR_TIMEOUT_TCP_SYN);
	assert_int_equal(weir_tcp_timeout(SYN_SENT), WEIR_TIMEOUT_TCP_SYN);
	assert_int_equal(weir_tcp_timeout(SYN_RECEIVED), WEIR_TIMEOUT_TCP_SYN);
	assert_int_equal(weir_tcp_timeout(ESTABLISHED), WEIR_TIMEOUT_TCP_ESTABLISHED);
	assert_int_equal(weir_tcp_timeout(FIN_WAIT), WEIR_TIMEOUT_TCP_FIN);
	assert_int_equal(weir_tcp_timeout(CLOSE_WAIT), WEIR_TIMEOUT_TCP_FIN);
	assert_int_equal(weir_tcp_timeout(LAST_ACK), WEIR_TIMEOUT_TCP_FIN);
	assert_int_equal(weir_tcp_timeout(TIME_WAIT), WEIR_TIMEOUT_TCP_CLOSED);
	assert_int_equal(weir_tcp_timeout(CLOSED), WEIR_TIMEOUT_TCP_CLOSED);
}

static void conns_are_active_until_the_first_fin(void **state)
{
	enum weir_tcp_state of;

	for (of = 0; of < STATES; of++)
		assert_int_equal(weir_tcp_is_active(of),
				 of == SYN_SENT || of == SYN_RECEIVED || of == ESTABLISHED);
}

static void conns_are_reusable_from_the_first_fin(void **state)
{
	enum weir_tcp_state of;

	for (of = 0; of < STATES; of++)
		assert_int_equal(weir_tcp_is_reusable(of), of >= FIN_WAIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nat_handshake_is_established_by_the_clients_ack),
		cmocka_unit_test(nat_handshake_survives_retransmission),
		cmocka_unit_test(nat_client_alone_never_gets_the_long_timeout),
		cmocka_unit_test(nat_server_may_open_as_ftp_does),
		cmocka_unit_test(nat_both_may_open_at_once),
		cmocka_unit_test(nat_challenge_ack_does_not_establish),
		cmocka_unit_test(nat_client_may_close_first),
		cmocka_unit_test(nat_server_may_close_first),
		cmocka_unit_test(nat_both_may_close_at_once),
		cmocka_unit_test(nat_close_survives_retransmission),
		cmocka_unit_test(nat_fin_may_come_before_the_handshakes_end),
		cmocka_unit_test(nat_servers_ack_waits_for_the_clients),
		cmocka_unit_test(direct_client_alone_is_established_and_closed),
		cmocka_unit_test(direct_fin_may_be_the_first_after_the_syn),
		cmocka_unit_test(direct_syn_ack_of_a_client_opens_nothing),
		cmocka_unit_test(rst_closes_from_every_state_in_every_view),
		cmocka_unit_test(a_late_syn_leaves_established_alone),
		cmocka_unit_test(midstream_conns_begin_established),
		cmocka_unit_test(a_bare_syn_opens_anew_exactly_where_conns_are_reusable),
		cmocka_unit_test(a_late_segment_reopens_nothing_that_has_closed),
		cmocka_unit_test(direct_conns_in_a_state_of_nat_can_end),
		cmocka_unit_test(syn_ack_changes_nothing_that_is_closing),
		cmocka_unit_test(rst_outranks_syn_outranks_fin_outranks_ack),
		cmocka_unit_test(segments_without_a_telling_flag_change_nothing),
		cmocka_unit_test(every_state_view_and_flags_lead_to_a_state),
		cmocka_unit_test(every_state_has_its_timeout),
		cmocka_unit_test(conns_are_active_until_the_first_fin),
		cmocka_unit_test(conns_are_reusable_from_the_first_fin),
	};

	return cmocka_run_group_tests_name("tcp_state", tests, NULL, NULL);
}
