/* MathML, which browsers render themselves: the inside of a <math> element. */
#include "core/notation/notation.h"

static void put_escaped(const char *text, buf *out) {
    for (; *text; text++) {
        if (*text == '&') buf_puts(out, "&amp;");
        else if (*text == '<') buf_puts(out, "&lt;");
        else if (*text == '>') buf_puts(out, "&gt;");
        else buf_put(out, text, 1);
    }
}

/* A sign in its element; brackets around something tall are the ones that may grow. */
static void put_sign(const math *x, buf *out) {
    static const char *const elements[][2] = {
        [CLASS_LETTER] = {"<mi>", "</mi>"},     [CLASS_NUMBER] = {"<mn>", "</mn>"},
        [CLASS_FUNCTION] = {"<mi>", "</mi>"},   [CLASS_OPERATOR] = {"<mo>", "</mo>"},
        [CLASS_PREFIX] = {"<mo form=\"prefix\">", "</mo>"},
        [CLASS_BRACKET] = {"<mo stretchy=\"false\">", "</mo>"},
        [CLASS_SPACE] = {"<mspace width=\"", "\"/>"},
    };
    const glyph_info *s = &glyph_table[x->sign];
    bool             grows = s->class == CLASS_BRACKET && x->has & HAS_HEIGHT;
    if (!s->sign[0]) return;
    buf_puts(out, grows ? "<mo>" : elements[s->class][0]);
    put_escaped(s->sign, out);
    buf_puts(out, elements[s->class][1]);
}

static void leaf(const math *x, bool close, buf *out) {
    static const char *const elements[MATH_ROW][2] = {
        [MATH_PLAIN] = {"<mtext>", "</mtext>"}, [MATH_LETTER] = {"<mi>", "</mi>"},
        [MATH_NUMBER] = {"<mn>", "</mn>"},      [MATH_WORD] = {"<mi class=\"word\">", "</mi>"},
        [MATH_UPRIGHT] = {"<mi mathvariant=\"normal\">", "</mi>"},
        [MATH_ROMAN] = {"<mi mathvariant=\"normal\">", "</mi>"},
        [MATH_PROSE] = {"<mtext>", "</mtext>"},
    };
    (void)close;
    if (x->kind == MATH_GLYPH) {
        put_sign(x, out);
        return;
    }
    buf_puts(out, elements[x->kind][0]);
    put_escaped(x->text, out);
    buf_puts(out, elements[x->kind][1]);
}

/* An element takes one child for each part, so parts are rows. */
#define ROW "<mrow>"
#define END "</mrow>"

const math_target target_mathml = {
    .leaf = leaf,
    .frame = {
        [MATH_FRACTION] = {"<mfrac>" ROW, END ROW, NULL, END "</mfrac>"},
        [MATH_GRADIENT] = {"<mfrac>" ROW "<mo>∂</mo>", END ROW "<mo>∂</mo>", NULL, END "</mfrac>"},
        [MATH_ROOT] = {"<msqrt>", NULL, NULL, "</msqrt>"},
        [MATH_DOTTED] = {"<mover accent=\"true\">" ROW, NULL, NULL, END "<mo>˙</mo></mover>"},
        [MATH_FENCE] = {ROW, NULL, NULL, END},
        [MATH_MATRIX] = {ROW "<mo>[</mo><mtable><mtr><mtd>", NULL, NULL,
                         "</mtd></mtr></mtable><mo>]</mo>" END},
        [MATH_NEXT] = {NULL, "</mtd></mtr><mtr><mtd>"},
        [MATH_CELL] = {NULL, "</mtd><mtd>"},
        [MATH_LOWERED] = {ROW, NULL, NULL, END},
        [MATH_RAISED] = {ROW, NULL, NULL, END},
        [MATH_BELOW] = {"<msub>" ROW, END, NULL, "</msub>"},
        [MATH_ABOVE] = {"<msup>" ROW, END, NULL, "</msup>"},
        [MATH_BOTH] = {"<msubsup>" ROW, END, NULL, "</msubsup>"},
        [MATH_UNDER] = {"<munder>", NULL, NULL, "</munder>"},
        [MATH_UNDEROVER] = {"<munderover>", NULL, NULL, "</munderover>"},
    },
};
