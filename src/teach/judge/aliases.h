/* Parameters under names that say nothing: V, c, U, d. */
#ifndef JUDGE_ALIASES_H
#define JUDGE_ALIASES_H

#include "teach/judge/gather.h"

/* Where no name tells which are the weights and biases: what is updated, or else what an object is made with,
 * if as many have the parameters' shapes, in their order. Put into w->weights, w->biases. */
void aliases_note(gatherer *w);

#endif
