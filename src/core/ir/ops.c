/* The table of operations as data. */
#include <string.h>

#include "core/ir/ir.h"

#define INFIX OP_FLAG_INFIX
#define FLAT OP_FLAG_FLAT

const op_info op_table[OP_COUNT] = {
    [OP_NONE] = {.id = "NONE", .name = ""},
#define OP1(ID, NAME, VALUE, GA, DEF, KINK, LATEX, FLAGS) \
    [OP_##ID] = {#ID, NAME, 1, SHAPE_ELEMENTWISE, FLAGS, {GA, "", ""}, DEF, KINK, LATEX},
#define OP2(ID, NAME, VALUE, GA, GB, DEF, KINK, LATEX, FLAGS) \
    [OP_##ID] = {#ID, NAME, 2, SHAPE_ELEMENTWISE, FLAGS, {GA, GB, ""}, DEF, KINK, LATEX},
#define OP3(ID, NAME, VALUE, GA, GB, GC, DEF, KINK, LATEX, FLAGS) \
    [OP_##ID] = {#ID, NAME, 3, SHAPE_ELEMENTWISE, FLAGS, {GA, GB, GC}, DEF, KINK, LATEX},
#define OPX(ID, NAME, ARITY, RULE, GA, GB, LATEX, FLAGS) \
    [OP_##ID] = {#ID, NAME, ARITY, SHAPE_##RULE, FLAGS, {GA, GB, ""}, "", "", LATEX},
#include "core/ops.def"
};

op_id op_find(const char *name) {
    for (int op = 1; op < OP_COUNT; op++) {
        const op_info *info = &op_table[op];
        if (info->name[0] && !(info->flags & INFIX) && op != OP_TRANSPOSE && strcmp(info->name, name) == 0)
            return (op_id)op;
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
