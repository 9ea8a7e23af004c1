/* The door of ship: derivations in other languages. */
#ifndef SHIP_H
#define SHIP_H

#include "ship/emit/emit.h"

#endif
