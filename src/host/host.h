/* The door of host: what a browser or a microcontroller has not. */
#ifndef HOST_H
#define HOST_H

#include "host/data/data.h"
#include "host/os/os.h"

#endif
