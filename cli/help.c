/* dfoo help: made from the tables, so that it lists exactly what is read. */
#include "cli.h"

#include <string.h>

enum { OPTION_COLUMN = 30, WIDTH = 96 }; /* where the help of an option begins */

dfoo_status command_unknown(const char *word) {
    guess g = {.word = word};
    for (size_t i = 0; command_at(i); i++) guess_try(&g, command_at(i)->name);
    if (g.best) return wrong("there is no command \"%s\"; did you mean %s?", word, g.best);
    if (is_model(word))
        return wrong("\"%s\" is a model; say what to do with it, as in dfoo derive %s", word, word);
    if (word[0] == '-')
        return wrong("there is no option %s before a command; `dfoo help` lists the commands", word);
    return wrong("there is no command \"%s\"; `dfoo help` lists what there is", word);
}

/* The first line of a built-in model's text, without its "# NAME.eq: ". */
static const char *builtin_title(const char *text, int *len) {
    const char *title = text + strspn(text, "# ");
    *len = (int)strcspn(title, "\r\n");
    const char *colon = strstr(title, ".eq: ");
    if (colon && colon < title + *len) {
        *len -= (int)(colon + 5 - title);
        title = colon + 5;
    }
    return title;
}

static void list_builtins(void) {
    for (size_t i = 0; dfoo_builtin_name(i); i++) {
        int         len;
        const char *title = builtin_title(dfoo_builtin_text(i), &len);
        out_printf("  %-12s %.*s\n", dfoo_builtin_name(i), len, title);
    }
}

static void list_commands(void) {
    for (size_t i = 0; command_at(i); i++)
        out_printf("  %-12s %s\n", command_at(i)->name, command_at(i)->summary);
}

void help_first_minutes(void) {
    out_printf("dfoo derives the backward pass of a neural network from the equations of its\n"
               "forward pass, explains every line of it, checks it against finite differences,\n"
               "and trains with it.\n"
               "\n"
               "What to type first:\n"
               "  dfoo show two_layer          a network with one hidden layer, as equations\n"
               "  dfoo derive two_layer        its backward pass, line by line\n"
               "  dfoo explain two_layer dZ1   why one of these lines is what it is\n"
               "  dfoo check two_layer         every gradient against finite differences\n"
               "then, with data (a line per example, the label last, as in examples/data):\n"
               "  dfoo train two_layer --data planar.csv --split 0.2 -o run.npz\n"
               "  dfoo predict two_layer --weights run.npz --data planar.csv\n"
               "\n"
               "Models that are built in:\n");
    list_builtins();
    out_printf("To write your own, begin with one of them:  dfoo show two_layer > mine.eq\n"
               "or with a list of layers:  dfoo new --layers \"relu 20, sigmoid 1\" -o mine.eq\n"
               "\n"
               "`dfoo help` lists the commands, `dfoo help train` says more about one.\n");
}

static void help_program(void) {
    out_printf("usage: dfoo COMMAND ARGUMENTS [OPTIONS]\n\n");
    list_commands();
    out_printf("\n"
               "  --help, -h   this list; behind a command, its options\n"
               "  --version    the version\n"
               "\n"
               "MODEL is a file, - for standard input, or built in:\n");
    list_builtins();
    out_printf("\n"
               "Results go to standard output, messages and progress to standard error.\n"
               "Exit status: 0 done; 1 the answer is \"no\" (a check failed); 2 request or input wrong.\n");
}

/* "  --output FILE, -o FILE", and its width. */
static int option_names(const option *o, char *text, size_t size) {
    char value[64] = "";
    if (o->value) snprintf(value, sizeof value, " %s", o->value);
    int len = o->letter ? snprintf(text, size, "  -%c%s, --%s%s", o->letter, value, o->name, value)
                        : snprintf(text, size, "  --%s%s", o->name, value);
    if (o->alias) len += snprintf(text + len, size - (size_t)len, ", --%s%s", o->alias, value);
    return len;
}

static void option_help(const option *o) {
    char        text[160], more[HELP_SIZE];
    int         width = option_names(o, text, sizeof text);
    const char *help = option_text(o, o->help, more);
    if (width > OPTION_COLUMN - 2)
        out_printf("%s\n%*s%s\n", text, OPTION_COLUMN, "", help);
    else
        out_printf("%-*s%s\n", OPTION_COLUMN, text, help);
}

static void list_options(const command *c) {
    const char *above = NULL;
    EACH_OPTION(o, c) {
        const char *heading = c->headings ? option_heading(o) : NULL;
        if (heading != above) out_printf("%s%s:\n", above ? "\n" : "", heading);
        above = heading;
        option_help(o);
    }
    out_printf("%s%-*s%s\n", above ? "\n" : "", OPTION_COLUMN, "  -h, --help", "this text");
}

/* The words of a list with a sentence for each, below what the help calls them. */
static void list_notes(const char *title, dfoo_words list) {
    char        ending[ENDING_SIZE];
    const char *note = dfoo_word_note(list, 0);
    if (!note || !*note) return;
    out_printf("\n%s:\n", title);
    for (size_t i = 0; dfoo_word(list, i); i++)
        out_printf("  %-14s %s%s\n", dfoo_word(list, i), dfoo_word_note(list, i),
                   ending_text(list, i, ending));
}

/* "FUNCTION is one of", and the words as a paragraph. */
static void list_paragraph(const char *title, dfoo_words list) {
    out_printf("\n%s is one of", title);
    for (size_t i = 0, column = WIDTH; dfoo_word(list, i); i++) {
        const char *word = dfoo_word(list, i);
        size_t      width = strlen(word) + 2;
        bool        fits = column + width <= WIDTH;
        out_printf("%s%s%s", fits ? " " : "\n  ", word, dfoo_word(list, i + 1) ? "," : "\n");
        column = fits ? column + width : width + 2;
    }
}

void help_show(const command *c) {
    out_printf("usage: dfoo %s%s%s", c->name, c->arguments[0] ? " " : "", c->arguments);
    EACH_OPTION(o, c) {
        if (!o->required) continue;
        if (o->letter)
            out_printf(" -%c %s", o->letter, o->value);
        else
            out_printf(" --%s %s", o->name, o->value);
    }
    out_printf(" [OPTIONS]\n\n%s\n\n", c->details);
    list_options(c);
    EACH_OPTION(o, c)
        if (o->list) list_notes(o->value, (dfoo_words)(o->list - 1));
    if (takes(c, "FUNCTION")) list_paragraph("FUNCTION", DFOO_FUNCTIONS);
    if (takes(c, "PAGE")) list_paragraph("PAGE", DFOO_PAGES);
    if (!takes(c, "MODEL")) return;
    out_printf("\nMODEL is a file, - for standard input, or built in:\n");
    list_builtins();
}

/* --------------------------------------------------------------------- as data */

static void add_option(const option *o) {
    const char *word;
    size_t      len;
    char        text[HELP_SIZE];
    result_begin(NULL, '{');
    result_text("name", o->name);
    if (o->alias) result_text("alias", o->alias);
    if (o->letter) result_text("letter", (char[]){o->letter, 0});
    result_text("value", o->value);
    result_text("help", option_text(o, o->help, text));
    result_flag("required", o->required);
    result_flag("repeatable", option_repeats(o));
    result_flag("reads", o->reads || o->may_read);
    result_flag("writes", o->writes != WRITES_NOTHING);
    result_begin("words", '[');
    for (size_t i = 0; option_word(o, i, &word, &len); i++) {
        snprintf(text, sizeof text, "%.*s", (int)len, word);
        result_text(NULL, text);
    }
    result_end(']');
    result_end('}');
}

static void add_command(const command *c) {
    result_begin(NULL, '{');
    result_text("name", c->name);
    result_text("summary", c->summary);
    result_text("arguments", c->arguments);
    result_text("details", c->details);
    result_begin("options", '[');
    EACH_OPTION(o, c) add_option(o);
    result_end(']');
    result_end('}');
}

void help_json(const command *c) {
    result_begin("commands", '[');
    for (size_t i = 0; command_at(i); i++)
        if (!c || c == command_at(i)) add_command(command_at(i));
    result_end(']');
}

dfoo_status run_help(dfoo *d, request *r) {
    (void)d;
    const command *c = r->args[0] ? command_find(r->args[0]) : NULL;
    if (r->args[0] && !c) return command_unknown(r->args[0]);
    if (r->shell >= 0) completion_show(r->shell);
    else if (r->man) manual_show(c);
    else if (json_asked()) help_json(c);
    else if (c) help_show(c);
    else help_program();
    return DFOO_OK;
}
