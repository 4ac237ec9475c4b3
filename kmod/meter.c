// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rates from two readings, and counters relative to a base.
 */
#include "meter.h"

#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/slab.h>

/* IPVS renews its rates as often. */
#define PERIOD_NS (2ULL * NSEC_PER_SEC)

static struct weir_totals difference(const struct weir_totals *now, const struct weir_totals *then)
{
	struct weir_totals result = {
		.conns = now->conns - then->conns,
		.packets_fast = now->packets_fast - then->packets_fast,
	};

	for (int dir = 0; dir < WEIR_DIRS; dir++) {
		result.packets[dir] = now->packets[dir] - then->packets[dir];
		result.bytes[dir] = now->bytes[dir] - then->bytes[dir];
	}
	return result;
}

static u64 per_second(u64 count, u64 ms)
{
	return div64_u64(count * MSEC_PER_SEC, ms);
}

static struct weir_totals rates_of(const struct weir_totals *moved, u64 ns)
{
	u64 ms = div_u64(ns, NSEC_PER_MSEC);
	struct weir_totals rates = {
		.conns = per_second(moved->conns, ms),
		.packets_fast = per_second(moved->packets_fast, ms),
	};

	for (int dir = 0; dir < WEIR_DIRS; dir++) {
		rates.packets[dir] = per_second(moved->packets[dir], ms);
		rates.bytes[dir] = per_second(moved->bytes[dir], ms);
	}
	return rates;
}

/**
 * weir_meter_obtain - the meter of an object, made if it has none yet
 * @place: where the object keeps it; under the namespace's mutex
 *
 * Most objects are never read in IPVS's words, and have none.
 *
 * Return: the meter, to be freed with the object by kfree; or NULL without memory.
 */
struct weir_meter *weir_meter_obtain(struct weir_meter **place)
{
	if (!*place)
		*place = kzalloc(sizeof(**place), GFP_KERNEL_ACCOUNT);
	return *place;
}
EXPORT_SYMBOL_GPL(weir_meter_obtain);

/**
 * weir_meter_read - the counters and the rates of now
 * @meter: the object's
 * @now: its counters
 * @now_ns: the monotonic time
 * @reading: where to put them
 *
 * Rates are those between two readings at least two seconds apart; the first
 * reading has none.
 */
void weir_meter_read(struct weir_meter *meter, const struct weir_totals *now, u64 now_ns,
		     struct weir_reading *reading)
{
	struct weir_totals moved;

	if (!meter->last_ns || now_ns - meter->last_ns >= PERIOD_NS) {
		if (meter->last_ns) {
			moved = difference(now, &meter->last);
			meter->rates = rates_of(&moved, now_ns - meter->last_ns);
		}
		meter->last = *now;
		meter->last_ns = now_ns;
	}
	reading->totals = difference(now, &meter->base);
	reading->rates = meter->rates;
}
EXPORT_SYMBOL_GPL(weir_meter_read);

/**
 * weir_meter_hold - makes the counters of now what is recalled from now on
 * @meter: the object's
 * @now: its counters
 * @now_ns: the monotonic time
 */
void weir_meter_hold(struct weir_meter *meter, const struct weir_totals *now, u64 now_ns)
{
	meter->last = *now;
	meter->last_ns = now_ns;
}
EXPORT_SYMBOL_GPL(weir_meter_hold);

/**
 * weir_meter_recall - the counters and the rates that were held
 * @meter: the object's; of one that is younger all is 0
 * @reading: where to put them
 */
void weir_meter_recall(const struct weir_meter *meter, struct weir_reading *reading)
{
	reading->totals = difference(&meter->last, &meter->base);
	reading->rates = meter->rates;
}
EXPORT_SYMBOL_GPL(weir_meter_recall);

/**
 * weir_meter_zero - sets counters back
 * @meter: the object's
 * @now: its counters
 */
void weir_meter_zero(struct weir_meter *meter, const struct weir_totals *now)
{
	meter->base = *now;
	meter->last = *now;
	meter->last_ns = 0;
	meter->rates = (struct weir_totals){};
}
EXPORT_SYMBOL_GPL(weir_meter_zero);
