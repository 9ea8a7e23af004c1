/* The table of operations as data. */
#include <string.h>

#include "core/ir/ir.h"

#define INFIX OP_FLAG_INFIX
#define FLAT OP_FLAG_FLAT
#define LATE OP_FLAG_LATE

/* -------------------------------------------------------------------- completeness */

/* Which columns a paragraph has, one bit each. */
enum {
    HAS_DA = 1,
    HAS_DB = 2,
    HAS_DC = 4,
    HAS_DEFINITION = 8,
    HAS_KINK = 16,
    HAS_FLAGS = 32,
    HAS_FORM = 64,
    HAS_NUMPY = 128,
    HAS_LAYER = 256,
    HAS_NOTE = 512,
    HAS_CA = 1024,
    HAS_CB = 2048
};

#define DA(text) | HAS_DA
#define DB(text) | HAS_DB
#define DC(text) | HAS_DC
#define DEFINITION(text) | HAS_DEFINITION
#define KINK(text) | HAS_KINK
#define FLAGS(bits) | HAS_FLAGS
#define FORM(text) | HAS_FORM
#define NUMPY(name) | HAS_NUMPY
#define PYTHON(lines) | HAS_NUMPY
#define LAYER(start) | HAS_LAYER
#define LAST_LAYER(start) | HAS_LAYER
#define NO_LAYER | HAS_LAYER
#define NOTE(text) | HAS_NOTE
#define DEFAULT_B(number)
#define CA(text) | HAS_CA
#define CB(text) | HAS_CB
#define MOVES(text)

#define HAS(ID, COLUMN, needed, ...) \
    _Static_assert(!(needed) || ((0 __VA_ARGS__) & HAS_##COLUMN), "ops.def: " ID " has no column " #COLUMN);
#define ALL_HAVE(ID, ARITY, ...)                \
    HAS(ID, DA, (ARITY) > 0, __VA_ARGS__)       \
    HAS(ID, DB, (ARITY) > 1, __VA_ARGS__)       \
    HAS(ID, DC, (ARITY) > 2, __VA_ARGS__)       \
    HAS(ID, FLAGS, true, __VA_ARGS__)           \
    HAS(ID, FORM, true, __VA_ARGS__)           \
    HAS(ID, NUMPY, true, __VA_ARGS__)           \
    HAS(ID, LAYER, true, __VA_ARGS__)           \
    HAS(ID, NOTE, true, __VA_ARGS__)
#define ELEMENTWISE_HAVE(ID, ARITY, ...)        \
    ALL_HAVE(ID, ARITY, __VA_ARGS__)            \
    HAS(ID, DEFINITION, true, __VA_ARGS__)      \
    HAS(ID, KINK, true, __VA_ARGS__)

#define OP1(ID, NAME, VALUE, ...) ELEMENTWISE_HAVE(#ID, 1, __VA_ARGS__)
#define OP2(ID, NAME, VALUE, ...) ELEMENTWISE_HAVE(#ID, 2, __VA_ARGS__)
#define OP3(ID, NAME, VALUE, ...) ELEMENTWISE_HAVE(#ID, 3, __VA_ARGS__)
#define OPX(ID, NAME, ARITY, RULE, ...)         \
    ALL_HAVE(#ID, ARITY, __VA_ARGS__)           \
    HAS(#ID, CA, (ARITY) > 0, __VA_ARGS__)      \
    HAS(#ID, CB, (ARITY) > 1, __VA_ARGS__)
#include "core/ops.def"

/* ------------------------------------------------------------------------ the table */

#undef DA
#undef DB
#undef DC
#undef DEFINITION
#undef KINK
#undef FLAGS
#undef FORM
#undef NUMPY
#undef PYTHON
#undef LAYER
#undef LAST_LAYER
#undef NO_LAYER
#undef NOTE
#undef DEFAULT_B
#undef CA
#undef CB
#undef MOVES
#define DA(text) .grad[0] = text,
#define DB(text) .grad[1] = text,
#define DC(text) .grad[2] = text,
#define DEFINITION(text) .definition = text,
#define KINK(text) .kink = text,
#define FLAGS(bits) .flags = bits,
#define FORM(text) .form = text,
#define NUMPY(name_) .numpy = name_,
#define PYTHON(lines) .python = lines,
#define LAYER(start_) .start = start_,
#define LAST_LAYER(start_) .start = start_, .last_layer = true,
#define NO_LAYER
#define NOTE(text) .note = text,
#define CA(text) .change[0] = text,
#define CB(text) .change[1] = text,
#define MOVES(text) .moves = text,
#define DEFAULT_B(number) .has_default = true, .default_b = number,

/* "" for the gradients that are none. */
#define WITHOUT_0 .grad = {"", "", ""},
#define WITHOUT_1 .grad[1] = "", .grad[2] = "",
#define WITHOUT_2 .grad[2] = "",
#define WITHOUT_3
#define ROW(ID, NAME, ARITY, RULE, ...) \
    [OP_##ID] = {.id = #ID, .name = NAME, .arity = ARITY, .rule = SHAPE_##RULE, WITHOUT_##ARITY __VA_ARGS__},

const op_info op_table[OP_COUNT] = {
    [OP_NONE] = {.id = "NONE", .name = "", WITHOUT_0 DEFINITION("") KINK("") FORM("") NUMPY("") NOTE("")},
#define OP1(ID, NAME, VALUE, ...) ROW(ID, NAME, 1, ELEMENTWISE, __VA_ARGS__)
#define OP2(ID, NAME, VALUE, ...) ROW(ID, NAME, 2, ELEMENTWISE, __VA_ARGS__)
#define OP3(ID, NAME, VALUE, ...) ROW(ID, NAME, 3, ELEMENTWISE, __VA_ARGS__)
#define OPX(ID, NAME, ARITY, RULE, ...) ROW(ID, NAME, ARITY, RULE, DEFINITION("") KINK("") __VA_ARGS__)
#include "core/ops.def"
};

op_id op_find(const char *name) {
    for (int op = 1; op < OP_COUNT; op++) {
        const op_info *info = &op_table[op];
        bool           called = info->name[0] && !(info->flags & INFIX) && op != OP_TRANSPOSE;
        if (called && info->name[0] == name[0] && strcmp(info->name, name) == 0) return (op_id)op;
    }
    return OP_NONE;
}

op_id op_infix(uint32_t sign) {
    switch (sign) {
    case '+': return OP_ADD;
    case '-': return OP_SUB;
    case '*': return OP_MUL;
    case '/': return OP_DIV;
    case '@': return OP_MATMUL;
    case '<': return OP_LT;
    case '>': return OP_GT;
    case SIGN_POWER: return OP_POW;
    case SIGN_LE: return OP_LE;
    case SIGN_GE: return OP_GE;
    case SIGN_EQ: return OP_EQ;
    case SIGN_NE: return OP_NE;
    default: return OP_NONE;
    }
}
