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
    value(o->value, o->type == TYPE_CHOICE ? 'B' : 'I');
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
    EACH_OPTION(o, c) {
        if (!o->required) continue;
        out_printf(" ");
        name_of(o, o->letter != 0);
    }
    out_printf(" [\\fIOPTIONS\\fR]\n");
}

/* The lines of the details: paragraphs, or what stands indented, which are examples. */
static void details(const command *c, bool examples) {
    for (const char *line = c->details; *line;) {
        size_t len = strcspn(line, "\n");
        bool   indented = strncmp(line, "  ", 2) == 0;
        bool   more = line[len] && strncmp(line + len + 1, "  ", 2) != 0;
        if (!len) {
            if (!examples && more) out_printf(".PP\n");
        } else if (indented == examples) {
            plain(line + (indented ? 2 : 0), len - (indented ? 2 : 0));
            out_printf("\n");
        }
        line += len + (line[len] == '\n');
    }
}

/* Its names, its help, and what only the manual says. */
static void describe(const option *o) {
    char text[HELP_SIZE];
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
    word(option_text(o, o->help, text));
    out_printf("%s\n", o->more ? "." : "");
    if (!o->more) return;
    word(option_text(o, o->more, text));
    out_printf("\n");
}

static void options(const command *c) {
    const char *above = NULL;
    out_printf(".SH OPTIONS\n");
    EACH_OPTION(o, c) {
        const char *heading = c->headings ? option_heading(o) : NULL;
        if (heading != above) out_printf(".SS \"%c%s\"\n", toupper((unsigned char)heading[0]), heading + 1);
        above = heading;
        describe(o);
    }
    if (above) out_printf(".SS Help\n");
    out_printf(".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nthe command's options\n");
}

static void models(void) {
    char names[HELP_SIZE];
    out_printf(".SH MODELS\n\\fIMODEL\\fR is a file, \\- for standard input, or the name of a model that is "
               "built in:\n");
    word(list_words(DFOO_MODELS, names));
    out_printf(".\n");
}

/* The words of a list, each with its sentence. */
static void notes(const char *title, dfoo_words list) {
    char        ending[ENDING_SIZE];
    const char *first = dfoo_word_note(list, 0);
    if (!first || !*first) return;
    out_printf(".SH %s\n", title);
    for (size_t i = 0; dfoo_word(list, i); i++) {
        out_printf(".TP\n\\fB");
        word(dfoo_word(list, i));
        out_printf("\\fR\n");
        word(dfoo_word_note(list, i));
        word(ending_text(list, i, ending));
        out_printf("\n");
    }
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
    if (takes(c, "MODEL")) models();
    if (takes(c, "FUNCTION")) notes("FUNCTIONS", DFOO_FUNCTIONS);
    if (takes(c, "PAGE")) notes("PAGES", DFOO_PAGES);
    EACH_OPTION(o, c)
        if (o->list) notes(o->value, (dfoo_words)(o->list - 1));
    out_printf(".SH EXAMPLES\n.nf\n");
    details(c, true);
    out_printf(".fi\n");
    others(c);
}
