/* The door of core: from the text of a model to its gradients. What the other wings may see. */
#ifndef CORE_H
#define CORE_H

#include "core/base/arrays.h"
#include "core/base/diag.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/rng.h"
#include "core/base/text.h"
#include "core/syntax/syntax.h"
#include "core/ir/ir.h"
#include "core/ir/dims.h"
#include "core/ir/eval.h"
#include "core/ir/index.h"
#include "core/ir/model.h"
#include "core/ir/trail.h"
#include "core/notation/notation.h"
#include "core/lang/lang.h"
#include "core/lang/builtin.h"
#include "core/diff/diff.h"
#include "core/simplify/simplify.h"

#endif
