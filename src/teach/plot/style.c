/* The style sheet that the elements of a picture refer to.
 *
 * It is part of the file: light colours, and dark ones where the reader prefers these. Its rules hold
 * below class "dfoo" only, so a picture may stand inside a page.
 *
 * The colours of classes are those that people with a colour deficiency tell apart as well (after Okabe
 * and Ito, "Color universal design", 2008, for the first seven). Values have a ramp whose lightness grows
 * with them. */
#include <assert.h>
#include <math.h>

#include "teach/plot/svg.h"

typedef struct colour {
    int r, g, b;
} colour;

static const colour colours[SIGN_COLOURS] = {
    {0x00, 0x72, 0xb2}, {0xe6, 0x9f, 0x00}, {0x00, 0x9e, 0x73}, {0xd5, 0x5e, 0x00}, {0xcc, 0x79, 0xa7},
    {0x56, 0xb4, 0xe9}, {0xc9, 0xb8, 0x00}, {0x7a, 0x3e, 0x9d}, {0x8c, 0x56, 0x4b}, {0x6e, 0x77, 0x81},
};

static const colour white = {0xff, 0xff, 0xff}, night = {0x16, 0x19, 0x1d};

static colour mix(colour a, colour b, double part) {
    return (colour){(int)lround(a.r + (b.r - a.r) * part), (int)lround(a.g + (b.g - a.g) * part),
                    (int)lround(a.b + (b.b - a.b) * part)};
}

/* From dark blue to yellow, each step lighter. */
static colour ramp(int i) {
    assert(i >= 0 && i < RAMP_COLOURS);
    static const colour stops[] = {
        {0x27, 0x2a, 0x6b}, {0x2b, 0x61, 0x9a}, {0x2a, 0x98, 0x95}, {0x86, 0xc4, 0x6a}, {0xf6, 0xe6, 0x54}};
    double at = i * 4.0 / (RAMP_COLOURS - 1);
    int    stop = at >= 4 ? 3 : (int)at;
    return mix(stops[stop], stops[stop + 1], at - stop);
}

static void put_rule(buf *b, char kind, int i, const char *property, colour c) {
    buf_printf(b, ".dfoo .%c%d{%s:#%02x%02x%02x}", kind, i, property, (unsigned)c.r, (unsigned)c.g,
               (unsigned)c.b);
}

static void put_colours(buf *b, bool dark) {
    for (int i = 0; i < SIGN_COLOURS; i++) {
        colour c = dark ? mix(colours[i], white, 0.15) : colours[i];
        put_rule(b, 'c', i, "fill", c);
        put_rule(b, 'l', i, "stroke", c);
        put_rule(b, 't', i, "fill", dark ? mix(night, colours[i], 0.4) : mix(white, colours[i], 0.3));
        buf_puts(b, "\n");
    }
    for (int i = 0; i < RAMP_COLOURS && !dark; i++) put_rule(b, 'r', i, "fill", ramp(i));
    if (!dark) buf_puts(b, "\n");
}

static const char style[] =
    ".dfoo{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}\n"
    ".dfoo text{fill:#24292f}\n"
    ".dfoo .mid{text-anchor:middle}\n"
    ".dfoo .end{text-anchor:end}\n"
    ".dfoo .dim{fill:#57606a}\n"
    ".dfoo .small{font-size:10px}\n"
    ".dfoo .heading{font-size:15px;font-weight:600}\n"
    ".dfoo .light{fill:#fff}\n"
    ".dfoo .page{fill:#fff}\n"
    ".dfoo .grid{stroke:#d8dee4;stroke-width:1;fill:none}\n"
    ".dfoo .frame{stroke:#8c959f;stroke-width:1;fill:none}\n"
    ".dfoo .border{stroke:#24292f;stroke-width:1.6;fill:none;stroke-linejoin:round}\n"
    ".dfoo .best{stroke:#57606a;stroke-width:1;stroke-dasharray:3 3;fill:none}\n"
    ".dfoo .curve{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}\n"
    ".dfoo .test{stroke-dasharray:6 4}\n"
    ".dfoo .marks{fill:none;stroke:none}\n"
    ".dfoo .sign{stroke:#fff;stroke-width:.8}\n"
    ".dfoo .spot{stroke:#fff;stroke-width:1}\n"
    ".dfoo .unknown{fill:#57606a}\n"
    ".dfoo .ink{fill:#000}\n"
    ".dfoo .cell{fill:#005f96}\n";

static const char dark_style[] =
    ".dfoo text{fill:#e6edf3}\n"
    ".dfoo .dim{fill:#9da7b3}\n"
    ".dfoo .light{fill:#fff}\n"
    ".dfoo .page{fill:#16191d}\n"
    ".dfoo .grid{stroke:#30363d}\n"
    ".dfoo .frame{stroke:#6e7681}\n"
    ".dfoo .border{stroke:#e6edf3}\n"
    ".dfoo .best{stroke:#9da7b3}\n"
    ".dfoo .sign{stroke:#16191d}\n"
    ".dfoo .unknown{fill:#9da7b3}\n"
    ".dfoo .ink{fill:#e6edf3}\n"
    ".dfoo .cell{fill:#1b6fae}\n";

/* Rules in @media come last: they win over those before them. */
void style_put(buf *b) {
    buf_puts(b, "<style>\n");
    buf_puts(b, style);
    put_colours(b, false);
    buf_puts(b, "@media (prefers-color-scheme:dark){\n");
    buf_puts(b, dark_style);
    put_colours(b, true);
    buf_puts(b, "}\n</style>\n");
}
