/* The door of teach: what people read and look at. */
#ifndef TEACH_H
#define TEACH_H

#include "teach/ask/ask.h"
#include "teach/check/check.h"
#include "teach/derive/derive.h"
#include "teach/diagnosis/diagnosis.h"
#include "teach/explain/explain.h"
#include "teach/judge/judge.h"
#include "teach/plot/plot.h"
#include "teach/practice/practice.h"

#endif
