/* Parameters under names that say nothing: V, c, U, d. */
#ifndef JUDGE_ALIASES_H
#define JUDGE_ALIASES_H

#include "teach/judge/gather.h"

/* For the parameters of which no name tells: what is updated, or else what an object is made with, if as many
 * have the shapes of these, in their order. Put into w->aliases. */
void aliases_note(gatherer *w);

/* Names that are no name of the model, but may be of its parameters, in the order in which they appear. */
void aliases_by_name(gatherer *w);

#endif
