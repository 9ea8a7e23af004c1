/* The door of run: numbers. */
#ifndef RUN_H
#define RUN_H

#include "run/plan/plan.h"
#include "run/exec/exec.h"
#include "run/exec/finite.h"
#include "run/rule/rule.h"
#include "run/feed/feed.h"
#include "run/train/predictor.h"
#include "run/train/train.h"

#endif
