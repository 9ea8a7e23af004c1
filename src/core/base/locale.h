/* Numbers with a decimal point, whatever locale the program around the library has set. */
#ifndef BASE_LOCALE_H
#define BASE_LOCALE_H

#include <locale.h>

#include "dfoo.h"

/* Between begin and end printf and strtod write and read a point; for this thread only. Calls may
 * be nested. After a failed begin, end does nothing. */
typedef struct point_locale {
    locale_t own, before;
} point_locale;

dfoo_status point_locale_begin(point_locale *l);
void        point_locale_end(point_locale *l);

#endif
