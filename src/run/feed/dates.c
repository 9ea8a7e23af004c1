/* The forms of dates that mean one day, and the day's number. */
#include "run/feed/dates.h"

#include <stddef.h>
#include <string.h>

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* `least` to `most` digits. */
static bool take_digits(const char **at, int least, int most, int *out) {
    int n = 0;
    for (*out = 0; n < most && is_digit(**at); n++) *out = *out * 10 + (*(*at)++ - '0');
    return n >= least && !is_digit(**at);
}

static bool take(const char **at, char c) {
    bool there = **at == c;
    *at += there;
    return there;
}

static int days_of_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool             leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (leap && month == 2);
}

/* Of the Gregorian calendar; years begin with March here, so that a leap day is the last of its year
 * (H. Hinnant, "chrono-compatible low-level date algorithms", 2013). */
static double days_from_1970(int year, int month, int day) {
    int y = year - (month <= 2), era = y / 400, of_era = y - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return (double)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

typedef struct date {
    int year, month, day;
} date;

/* 2026-11-30, 2026/11/30 */
static bool year_first(const char **at, date *x) {
    if (!take_digits(at, 4, 4, &x->year)) return false;
    char sign = **at == '/' ? '/' : '-';
    return take(at, sign) && take_digits(at, 1, 2, &x->month) && take(at, sign) &&
           take_digits(at, 1, 2, &x->day);
}

/* 30.11.2026 */
static bool day_first(const char **at, date *x) {
    return take_digits(at, 1, 2, &x->day) && take(at, '.') && take_digits(at, 1, 2, &x->month) &&
           take(at, '.') && take_digits(at, 4, 4, &x->year);
}

static bool take_day(const char **at, double *out) {
    date        x;
    const char *text = *at;
    if (!year_first(at, &x)) {
        *at = text;
        if (!day_first(at, &x)) return false;
    }
    if (x.month < 1 || x.month > 12 || x.day < 1 || x.day > days_of_month(x.year, x.month)) return false;
    *out = days_from_1970(x.year, x.month, x.day);
    return true;
}

/* 12:00, 12:00:05, 12:00:05.25, with a Z or none, as a part of the day. */
static bool take_time(const char **at, double *out) {
    int    hour, minute, second = 0, digit;
    double fraction = 0, unit = 1;
    if (!take_digits(at, 1, 2, &hour) || !take(at, ':') || !take_digits(at, 2, 2, &minute)) return false;
    if (take(at, ':') && !take_digits(at, 2, 2, &second)) return false;
    if (take(at, '.'))
        for (; is_digit(**at); fraction += digit * unit) {
            digit = *(*at)++ - '0';
            unit /= 10;
        }
    take(at, 'Z');
    *out = ((hour * 60 + minute) * 60 + second + fraction) / 86400;
    return hour < 24 && minute < 60 && second < 61;
}

bool date_days(const char *text, double *out) {
    double time = 0;
    if (!take_day(&text, out)) return false;
    if (*text && (take(&text, 'T') || take(&text, ' ')) && !take_time(&text, &time)) return false;
    *out += time;
    return !*text;
}
