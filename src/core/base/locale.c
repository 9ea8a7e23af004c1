/* A locale of the thread's own. */
#include "core/base/locale.h"

dfoo_status point_locale_begin(point_locale *l) {
    *l = (point_locale){.own = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0)};
    if (l->own == (locale_t)0) return DFOO_ENOMEM;
    l->before = uselocale(l->own);
    return DFOO_OK;
}

void point_locale_end(point_locale *l) {
    if (l->own == (locale_t)0) return;
    uselocale(l->before);
    freelocale(l->own);
    *l = (point_locale){0};
}
