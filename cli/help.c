/* dfoo help: made from the commands' tables, so that it lists exactly what is read. */
#include "cli.h"

#include <string.h>

enum { OPTION_COLUMN = 30 }; /* where the help of an option begins */

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

void help_program(void) {
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
static int option_text(const option *o, char *text, size_t size) {
    char value[64] = "";
    if (o->value) snprintf(value, sizeof value, " %s", o->value);
    int len = o->letter ? snprintf(text, size, "  -%c%s, --%s%s", o->letter, value, o->name, value)
                        : snprintf(text, size, "  --%s%s", o->name, value);
    if (o->alias) len += snprintf(text + len, size - (size_t)len, ", --%s%s", o->alias, value);
    return len;
}

static void option_help(const option *o) {
    char text[160];
    int  width = option_text(o, text, sizeof text);
    if (o->group) out_printf("%s:\n", o->group);
    if (width > OPTION_COLUMN - 2)
        out_printf("%s\n%*s%s\n", text, OPTION_COLUMN, "", o->help);
    else
        out_printf("%-*s%s\n", OPTION_COLUMN, text, o->help);
}

bool takes_model(const command *c) {
    return strstr(c->arguments, "MODEL") != NULL;
}

bool takes_file(const option *o) {
    return o->value && strstr(o->value, "FILE");
}

void help_show(const command *c) {
    out_printf("usage: dfoo %s%s%s", c->name, c->arguments[0] ? " " : "", c->arguments);
    for (size_t i = 0; i < c->n_options; i++) {
        const option *o = &c->options[i];
        if (!o->required) continue;
        if (o->letter)
            out_printf(" -%c %s", o->letter, o->value);
        else
            out_printf(" --%s %s", o->name, o->value);
    }
    out_printf(" [OPTIONS]\n\n%s\n\n", c->details);
    bool grouped = false;
    for (size_t i = 0; i < c->n_options; i++) {
        if (c->options[i].group && i) out_printf("\n");
        if (c->options[i].group) grouped = true;
        option_help(&c->options[i]);
    }
    out_printf("%s%-*s%s\n", grouped ? "\n" : "", OPTION_COLUMN, "  -h, --help", "this text");
    if (!takes_model(c)) return;
    out_printf("\nMODEL is a file, - for standard input, or built in:\n");
    list_builtins();
}

static int  shell = -1;
static bool manual;

static dfoo_status help(dfoo *d, const char *const *args) {
    (void)d;
    const command *c = args[0] ? command_find(args[0]) : NULL;
    if (args[0] && !c) return command_unknown(args[0]);
    if (manual && !c) return wrong("--man needs the name of a command; dfoo(1) is the page of all of them");
    if (shell >= 0 && c) return wrong("--completion is for all commands; leave %s away", c->name);
    if (shell >= 0)
        completion_show(shell);
    else if (manual)
        manual_show(c);
    else if (c)
        help_show(c);
    else
        help_program();
    return DFOO_OK;
}

static const option options[] = {
    {.name = "man", .flag = &manual, .help = "the command's manual page, in the language that man reads"},
    {.name = "completion", .value = SHELLS, .choice = &shell, .help = "a script that completes dfoo's words"},
};

const command help_command = {
    .name = "help",
    .summary = "this list; with the name of a command, its options",
    .arguments = "[COMMAND]",
    .details = "Lists the commands, or says what one of them does and which options it has. `make install`\n"
               "installs the manual pages and completions that this command writes.\n"
               "\n"
               "  dfoo help train\n"
               "  dfoo help --completion bash > ~/.local/share/bash-completion/completions/dfoo",
    .options = options,
    .n_options = COUNT(options),
    .most = 1,
    .run = help,
};
