/* The Jacobian way. */
#include "explain/routes.h"

void jacobian_tell(teller *t) {
    (void)t;
}
