/* The manual page of a command, from its table: the same words as its help, for man(7). */
#include "cli.h"

#include <ctype.h>
#include <string.h>

/* Text as it is to be read, up to len bytes: signs that man(7) takes for its own are escaped. */
static void plain(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\\')
            out_printf("\\e");
        else if (text[i] == '-')
            out_printf("\\-");
        else if (i == 0 && (text[i] == '.' || text[i] == '\''))
            out_printf("\\&%c", text[i]);
        else
            out_printf("%c", text[i]);
    }
}

static void word(const char *text) {
    plain(text, strlen(text));
}

/* Letters become the given font, what stands between them (|, .., [) stays roman. */
static void value(const char *text, char font) {
    while (*text) {
        size_t n = 0;
        while (isalnum((unsigned char)text[n]) || text[n] == '_') n++;
        if (n) out_printf("\\f%c", font);
        plain(text, n ? n : 1);
        if (n) out_printf("\\fR");
        text += n ? n : 1;
    }
}

static void option_value(const option *o) {
    if (!o->value) return;
    out_printf(" ");
    value(o->value, o->choice ? 'B' : 'I');
}

static void name_of(const option *o, bool short_one) {
    out_printf("\\fB\\-");
    if (short_one)
        out_printf("%c", o->letter);
    else {
        out_printf("\\-");
        word(o->name);
    }
    out_printf("\\fR");
    option_value(o);
}

static void synopsis(const command *c) {
    out_printf(".SH SYNOPSIS\n\\fBdfoo %s\\fR ", c->name);
    value(c->arguments, 'I');
    for (size_t i = 0; i < c->n_options; i++) {
        if (!c->options[i].required) continue;
        out_printf(" ");
        name_of(&c->options[i], c->options[i].letter != 0);
    }
    out_printf(" [\\fIOPTIONS\\fR]\n");
}

/* The lines of the details: paragraphs, or what stands indented, which are examples. */
static void details(const command *c, bool examples) {
    for (const char *line = c->details; *line;) {
        size_t len = strcspn(line, "\n");
        bool   indented = strncmp(line, "  ", 2) == 0, more = line[len] && strncmp(line + len + 1, "  ", 2) != 0;
        if (!len) {
            if (!examples && more) out_printf(".PP\n");
        } else if (indented == examples) {
            plain(line + (indented ? 2 : 0), len - (indented ? 2 : 0));
            out_printf("\n");
        }
        line += len + (line[len] == '\n');
    }
}

static void options(const command *c) {
    bool grouped = false;
    out_printf(".SH OPTIONS\n");
    for (size_t i = 0; i < c->n_options; i++) {
        const option *o = &c->options[i];
        if (o->group) out_printf(".SS \"%c%s\"\n", toupper((unsigned char)o->group[0]), o->group + 1);
        out_printf(".TP\n");
        if (o->letter) {
            name_of(o, true);
            out_printf(", ");
        }
        name_of(o, false);
        if (o->alias) {
            out_printf(", \\fB\\-\\-");
            word(o->alias);
            out_printf("\\fR");
            option_value(o);
        }
        out_printf("\n");
        word(o->help);
        out_printf("\n");
        grouped |= o->group != NULL;
    }
    if (grouped) out_printf(".SS Help\n");
    out_printf(".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nthe command's options\n");
}

static void models(void) {
    char names[NAMES_SIZE];
    out_printf(".SH MODELS\n\\fIMODEL\\fR is a file, \\- for standard input, or the name of a model that is built in:\n");
    word(builtin_names(names));
    out_printf(".\n");
}

static void others(const command *c) {
    out_printf(".SH SEE ALSO\n.BR dfoo (1)");
    for (size_t i = 0; command_at(i); i++) {
        if (command_at(i) != c) out_printf(",\n.BR dfoo\\-%s (1)", command_at(i)->name);
    }
    out_printf("\n");
}

void manual_show(const command *c) {
    out_printf(".\\\" Made by dfoo help %s --man.\n.TH \"DFOO\\-", c->name);
    for (const char *letter = c->name; *letter; letter++) out_printf("%c", toupper((unsigned char)*letter));
    out_printf("\" 1 \"\" \"dfoo %s\" \"User Commands\"\n.SH NAME\ndfoo\\-%s \\- ", DFOO_VERSION, c->name);
    word(c->summary);
    out_printf("\n");
    synopsis(c);
    out_printf(".SH DESCRIPTION\n");
    details(c, false);
    options(c);
    if (takes_model(c)) models();
    out_printf(".SH EXAMPLES\n.nf\n");
    details(c, true);
    out_printf(".fi\n");
    others(c);
}
