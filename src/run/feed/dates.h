/* Dates as numbers. */
#ifndef FEED_DATES_H
#define FEED_DATES_H

#include <stdbool.h>

/* The days from 1970-01-01 to a date, with a time of the day behind it or none: 2026-11-30, 2026/11/30,
 * 30.11.2026, 2026-11-30T12:00:05Z. False: it is none of these; 11/30/2026 is not, since 3/4/2026 may be
 * two days. */
bool date_days(const char *text, double *out);

#endif
