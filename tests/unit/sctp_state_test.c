// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the SCTP state table, told as the chunks a director sees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sctp_state.h"

static const enum weir_view CLIENT = WEIR_VIEW_CLIENT;
static const enum weir_view SERVER = WEIR_VIEW_SERVER;
static const enum weir_view ONLY = WEIR_VIEW_CLIENT_ONLY;

enum {
	INIT = WEIR_SCTP_INIT,
	INIT_ACK = WEIR_SCTP_INIT_ACK,
	ECHO = WEIR_SCTP_COOKIE_ECHO,
	COOKIE_ACK = WEIR_SCTP_COOKIE_ACK,
	SHUT = WEIR_SCTP_SHUTDOWN,
	SHUT_ACK = WEIR_SCTP_SHUTDOWN_ACK,
	COMPLETE = WEIR_SCTP_SHUTDOWN_COMPLETE,
	ABORT = WEIR_SCTP_ABORT,
	DATA = 0,
};

static const enum weir_sctp_state NONE = WEIR_SCTP_STATE_NONE;
static const enum weir_sctp_state WAIT = WEIR_SCTP_STATE_COOKIE_WAIT;
static const enum weir_sctp_state ECHOED = WEIR_SCTP_STATE_COOKIE_ECHOED;
static const enum weir_sctp_state ESTABLISHED = WEIR_SCTP_STATE_ESTABLISHED;
static const enum weir_sctp_state SHUT_SENT = WEIR_SCTP_STATE_SHUTDOWN_SENT;
static const enum weir_sctp_state SHUT_RECEIVED = WEIR_SCTP_STATE_SHUTDOWN_RECEIVED;
static const enum weir_sctp_state SHUT_ACK_SENT = WEIR_SCTP_STATE_SHUTDOWN_ACK_SENT;
static const enum weir_sctp_state CLOSED = WEIR_SCTP_STATE_CLOSED;

#define STATES (WEIR_SCTP_STATE_CLOSED + 1)

struct step {
	enum weir_view view;
	u8 chunks;
	enum weir_sctp_state state;
};

/* From @state on, each step leads where it says. */
static void assert_steps(enum weir_sctp_state state, const struct step *steps, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		state = weir_sctp_next(state, steps[i].view, steps[i].chunks);
		assert_int_equal(state, steps[i].state);
	}
}

#define assert_story(state, ...) \
	assert_steps(state, (const struct step[]){ __VA_ARGS__ }, \
		     sizeof((const struct step[]){ __VA_ARGS__ }) / sizeof(struct step))

static void nat_handshake_is_established_by_the_servers_cookie_ack(void **state)
{
	assert_story(NONE,
		     { CLIENT, INIT, WAIT },
		     { SERVER, INIT_ACK, WAIT },
		     { CLIENT, ECHO, ECHOED },
		     { SERVER, COOKIE_ACK, ESTABLISHED },
		     { CLIENT, DATA, ESTABLISHED },
		     { SERVER, DATA, ESTABLISHED });
}

static void nat_handshake_survives_retransmission(void **state)
{
	assert_story(NONE,
		     { CLIENT, INIT, WAIT },
		     { CLIENT, INIT, WAIT },
		     { SERVER, INIT_ACK, WAIT },
		     { SERVER, INIT_ACK, WAIT },
		     { CLIENT, ECHO, ECHOED },
		     { CLIENT, ECHO, ECHOED },
		     { SERVER, INIT_ACK, ECHOED },
		     { SERVER, COOKIE_ACK, ESTABLISHED },
		     { CLIENT, ECHO, ESTABLISHED },
		     { SERVER, COOKIE_ACK, ESTABLISHED });
}

static void nat_client_alone_never_gets_the_long_timeout(void **state)
{
	for (int chunks = 0; chunks < 256; chunks++) {
		enum weir_sctp_state next = weir_sctp_next(WAIT, CLIENT, chunks);

		assert_int_not_equal(next, ESTABLISHED);
		assert_int_not_equal(weir_sctp_next(ECHOED, CLIENT, chunks), ESTABLISHED);
	}
}

static void a_stale_cookie_establishes_nothing(void **state)
{
	/* The server's ERROR is one of the others. */
	assert_story(ECHOED,
		     { SERVER, DATA, ECHOED },
		     { CLIENT, INIT, ECHOED },
		     { CLIENT, ECHO, ECHOED },
		     { SERVER, COOKIE_ACK, ESTABLISHED });
}

static void nat_either_side_may_shut_down(void **state)
{
	assert_story(ESTABLISHED,
		     { CLIENT, SHUT, SHUT_SENT },
		     { SERVER, DATA, SHUT_SENT },
		     { SERVER, SHUT_ACK, SHUT_ACK_SENT },
		     { CLIENT, COMPLETE, CLOSED },
		     { SERVER, SHUT_ACK, CLOSED });
	assert_story(ESTABLISHED,
		     { SERVER, SHUT, SHUT_RECEIVED },
		     { CLIENT, DATA, SHUT_RECEIVED },
		     { CLIENT, SHUT_ACK, SHUT_ACK_SENT },
		     { SERVER, COMPLETE, CLOSED });
	assert_story(ESTABLISHED,
		     { CLIENT, SHUT, SHUT_SENT },
		     { SERVER, SHUT, SHUT_RECEIVED },
		     { CLIENT, SHUT_ACK, SHUT_ACK_SENT },
		     { SERVER, SHUT_ACK, SHUT_ACK_SENT },
		     { CLIENT, COMPLETE, CLOSED });
}

static void direct_takes_the_server_at_its_word(void **state)
{
	assert_story(NONE,
		     { ONLY, INIT, WAIT },
		     { ONLY, INIT, WAIT },
		     { ONLY, ECHO, ESTABLISHED },
		     { ONLY, DATA, ESTABLISHED },
		     { ONLY, SHUT, SHUT_SENT },
		     { ONLY, COMPLETE, CLOSED });
	assert_story(ESTABLISHED,
		     { ONLY, SHUT_ACK, SHUT_ACK_SENT },
		     { ONLY, SHUT_ACK, SHUT_ACK_SENT });
}

static void an_association_that_restarts_stays_established(void **state)
{
	for (int view = 0; view < WEIR_VIEWS; view++)
		assert_story(ESTABLISHED, { view, INIT, ESTABLISHED },
			     { view, INIT_ACK, ESTABLISHED }, { view, ECHO, ESTABLISHED },
			     { view, COOKIE_ACK, ESTABLISHED });
}

static void chunks_of_one_packet_count_one_after_the_other(void **state)
{
	assert_story(ECHOED, { SERVER, COOKIE_ACK | SHUT, SHUT_RECEIVED });
	assert_story(ESTABLISHED, { CLIENT, SHUT | SHUT_ACK, SHUT_ACK_SENT });
	assert_story(NONE, { ONLY, ECHO | SHUT, SHUT_SENT });
}

static void an_abort_closes_from_anywhere_whatever_else_is_in_the_packet(void **state)
{
	for (int view = 0; view < WEIR_VIEWS; view++)
		for (unsigned int from = 0; from < STATES; from++)
			for (int chunks = 0; chunks < 128; chunks++)
				assert_int_equal(weir_sctp_next(from, view, chunks | ABORT),
						 CLOSED);
}

static void what_began_before_the_director_is_established(void **state)
{
	assert_story(NONE, { CLIENT, DATA, ESTABLISHED });
	assert_story(NONE, { SERVER, DATA, ESTABLISHED });
	assert_story(NONE, { ONLY, DATA, ESTABLISHED });
}

/* And nothing leaves closed but an INIT of the client. */
static void every_state_view_and_set_of_chunks_has_an_answer(void **state)
{
	for (int view = 0; view < WEIR_VIEWS; view++) {
		for (unsigned int from = 0; from < STATES; from++)
			for (int chunks = 0; chunks < 256; chunks++)
				assert_true(weir_sctp_next(from, view, chunks) < STATES);
		for (int chunks = 0; chunks < 256; chunks++)
			if (!(chunks & INIT) || view == WEIR_VIEW_SERVER)
				assert_int_equal(weir_sctp_next(CLOSED, view, chunks), CLOSED);
	}
	assert_int_equal(weir_sctp_next(CLOSED, CLIENT, INIT), WAIT);
}

static void an_init_opens_anew_exactly_where_the_old_one_is_closing(void **state)
{
	for (unsigned int from = WEIR_SCTP_STATE_COOKIE_WAIT; from < STATES; from++)
		assert_int_equal(weir_sctp_is_reusable(from), !weir_sctp_is_active(from));
	assert_false(weir_sctp_is_reusable(NONE));
	assert_false(weir_sctp_is_active(NONE));
	assert_true(weir_sctp_is_active(ESTABLISHED));
}

static void each_state_has_its_timeout(void **state)
{
	assert_int_equal(weir_sctp_timeout(NONE), WEIR_TIMEOUT_SCTP_INIT);
	assert_int_equal(weir_sctp_timeout(WAIT), WEIR_TIMEOUT_SCTP_INIT);
	assert_int_equal(weir_sctp_timeout(ECHOED), WEIR_TIMEOUT_SCTP_INIT);
	assert_int_equal(weir_sctp_timeout(ESTABLISHED), WEIR_TIMEOUT_SCTP_ESTABLISHED);
	assert_int_equal(weir_sctp_timeout(SHUT_SENT), WEIR_TIMEOUT_SCTP_SHUTDOWN);
	assert_int_equal(weir_sctp_timeout(SHUT_RECEIVED), WEIR_TIMEOUT_SCTP_SHUTDOWN);
	assert_int_equal(weir_sctp_timeout(SHUT_ACK_SENT), WEIR_TIMEOUT_SCTP_SHUTDOWN);
	assert_int_equal(weir_sctp_timeout(CLOSED), WEIR_TIMEOUT_SCTP_CLOSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nat_handshake_is_established_by_the_servers_cookie_ack),
		cmocka_unit_test(nat_handshake_survives_retransmission),
		cmocka_unit_test(nat_client_alone_never_gets_the_long_timeout),
		cmocka_unit_test(a_stale_cookie_establishes_nothing),
		cmocka_unit_test(nat_either_side_may_shut_down),
		cmocka_unit_test(direct_takes_the_server_at_its_word),
		cmocka_unit_test(an_association_that_restarts_stays_established),
		cmocka_unit_test(chunks_of_one_packet_count_one_after_the_other),
		cmocka_unit_test(an_abort_closes_from_anywhere_whatever_else_is_in_the_packet),
		cmocka_unit_test(what_began_before_the_director_is_established),
		cmocka_unit_test(every_state_view_and_set_of_chunks_has_an_answer),
		cmocka_unit_test(an_init_opens_anew_exactly_where_the_old_one_is_closing),
		cmocka_unit_test(each_state_has_its_timeout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
