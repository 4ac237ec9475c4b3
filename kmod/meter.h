/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What readers of counters expect of IPVS: rates, and counters that can be set
 * back, without any work between two readings.
 */
#ifndef WEIR_METER_H
#define WEIR_METER_H

#include <linux/types.h>

#include "stats.h"

/**
 * struct weir_meter - what has to be remembered of one object's counters
 * @base: its counters when they were last set back
 * @last: its counters at the reading that the next rates are reckoned from
 * @last_ns: when that was, monotonic; 0 before the first reading
 * @rates: per second, between the two readings before
 *
 * Under the namespace's mutex.
 */
struct weir_meter {
	struct weir_totals base;
	struct weir_totals last;
	u64 last_ns;
	struct weir_totals rates;
};

/**
 * struct weir_reading - counters as a reader sees them
 * @totals: since they were last set back
 * @rates: per second
 */
struct weir_reading {
	struct weir_totals totals;
	struct weir_totals rates;
};

struct weir_meter *weir_meter_obtain(struct weir_meter **place);
void weir_meter_read(struct weir_meter *meter, const struct weir_totals *now, u64 now_ns,
		     struct weir_reading *reading);
void weir_meter_hold(struct weir_meter *meter, const struct weir_totals *now, u64 now_ns);
void weir_meter_recall(const struct weir_meter *meter, struct weir_reading *reading);
void weir_meter_zero(struct weir_meter *meter, const struct weir_totals *now);

#endif
