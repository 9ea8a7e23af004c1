/* Completion scripts for bash, zsh and fish, from the tables of commands and options: each command's
 * options, the values that an option knows, files and built-in models where they belong. */
#include "cli.h"

#include <string.h>

/* Text inside '..' of a shell: bash and zsh end the quotes for a ', fish escapes it. */
static void quoted(const char *text, bool fish) {
    for (; *text; text++) {
        if (*text == '\'')
            out_printf("%s", fish ? "\\'" : "'\\''");
        else if (*text == '\\' && fish)
            out_printf("\\\\");
        else
            out_printf("%c", *text);
    }
}

static bool knows_values(const option *o) {
    return o->list || o->type == TYPE_CHOICE;
}

/* The words of an option, of a list, the commands: a blank between two. */
static void values_of(const option *o) {
    const char *word;
    size_t      len;
    for (size_t i = 0; option_word(o, i, &word, &len); i++)
        out_printf("%s%.*s", i ? " " : "", (int)len, word);
}

/* A name of several words with - between them, which means the same. */
static void names_of(dfoo_words list) {
    for (size_t i = 0; dfoo_word(list, i); i++) {
        out_printf("%s", i ? " " : "");
        for (const char *c = dfoo_word(list, i); *c; c++) out_printf("%c", *c == ' ' ? '-' : *c);
    }
}

/* What is explained without a model. */
static void subjects(void) {
    names_of(DFOO_FUNCTIONS);
    out_printf(" ");
    names_of(DFOO_PAGES);
}

static void command_names(void) {
    for (size_t i = 0; command_at(i); i++) out_printf("%s%s", i ? " " : "", command_at(i)->name);
}

/* What the first argument may be: models, and functions where one will do. */
static void argument_names(const command *c) {
    names_of(DFOO_MODELS);
    if (!takes(c, "FUNCTION")) return;
    out_printf(" ");
    subjects();
}

/* --------------------------------------------------------------------- bash */

/* "--output -o", or with a bar between them for a pattern. */
static void bash_names(const option *o, const char *before, const char *between) {
    out_printf("%s--%s", before, o->name);
    if (o->alias) out_printf("%s--%s", between, o->alias);
    if (o->letter) out_printf("%s-%c", between, o->letter);
}

/* What follows the command's options that take a value. */
static void bash_values(const command *c) {
    out_printf("        case $before in\n");
    EACH_OPTION(o, c) {
        if (!o->value) continue;
        bash_names(o, "        ", " | ");
        out_printf(") words='");
        if (knows_values(o)) values_of(o);
        out_printf("' ");
        out_printf("%s ;;\n", option_takes_file(o) ? "kind=file" : "kind=value");
    }
    out_printf("        esac\n");
}

static void bash_command(const command *c) {
    out_printf("    %s)\n        options='", c->name);
    EACH_OPTION(o, c) {
        bash_names(o, "", " ");
        out_printf(" ");
    }
    out_printf("-h --help'\n");
    if (takes(c, "MODEL")) {
        out_printf("        kind=file words='");
        argument_names(c);
        out_printf("'\n");
    } else if (takes(c, "COMMAND")) {
        out_printf("        words='");
        command_names();
        out_printf("'\n");
    }
    bash_values(c);
    out_printf("        ;;\n");
}

static void bash(void) {
    out_printf("# Completion of dfoo for bash, made by `dfoo help --completion bash`.\n\n"
               "_dfoo() {\n"
               "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
               "    local options='' words='' kind=argument\n"
               "    # --name=VALUE comes as three words\n"
               "    if [[ $word == = ]]; then\n"
               "        word=''\n"
               "    elif [[ $before == = ]]; then\n"
               "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
               "    fi\n"
               "    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; command_at(i); i++) bash_command(command_at(i));
    out_printf("    esac\n"
               "    if ((COMP_CWORD == 1)); then\n"
               "        options='-h --help --version' kind=argument words='");
    command_names();
    out_printf("'\n"
               "    fi\n"
               "    if [[ $word == -* && $kind != value ]]; then words=$options kind=option; fi\n"
               "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
               "    if [[ $kind == file ]]; then\n"
               "        compopt -o filenames 2>/dev/null\n"
               "        local IFS=$'\\n'\n"
               "        COMPREPLY+=($(compgen -f -- \"$word\"))\n"
               "    fi\n"
               "}\n"
               "complete -F _dfoo dfoo\n");
}

/* ---------------------------------------------------------------------- zsh */

/* Inside [..] of an option: what ends it or separates is escaped. */
static void zsh_text(const char *text) {
    char sign[3] = "";
    for (; *text; text++) {
        bool special = strchr("[]:\\", *text) != NULL;
        snprintf(sign, sizeof sign, "%s%c", special ? "\\" : "", *text);
        quoted(sign, false);
    }
}

static void zsh_action(const option *o) {
    if (!o->value) return;
    out_printf(":");
    zsh_text(o->type == TYPE_CHOICE ? o->name : o->value);
    out_printf(":");
    if (knows_values(o)) {
        out_printf("(");
        values_of(o);
        out_printf(")");
    } else {
        out_printf("%s", option_takes_file(o) ? "_files" : " ");
    }
}

/* One spelling of an option; the others are then not proposed any more. */
static void zsh_option(const option *o, const char *dashes, const char *name) {
    char help[HELP_SIZE];
    out_printf("            '");
    if (option_repeats(o))
        out_printf("*");
    else if (o->letter)
        out_printf("(-%c --%s)", o->letter, o->name);
    else if (o->alias)
        out_printf("(--%s --%s)", o->name, o->alias);
    out_printf("%s%s%s[", dashes, name, o->value && dashes[1] ? "=" : "");
    zsh_text(option_text(o, o->help, help));
    out_printf("]");
    zsh_action(o);
    out_printf("' \\\n");
}

static void zsh_command(const command *c) {
    out_printf("    %s)\n        _arguments \\\n", c->name);
    EACH_OPTION(o, c) {
        char letter[2] = {o->letter, 0};
        zsh_option(o, "--", o->name);
        if (o->alias) zsh_option(o, "--", o->alias);
        if (o->letter) zsh_option(o, "-", letter);
    }
    if (takes(c, "MODEL"))
        out_printf("            '1:model:_dfoo_%s' \\\n", takes(c, "FUNCTION") ? "subjects" : "models");
    if (takes(c, "COMMAND")) {
        out_printf("            '1:command:(");
        command_names();
        out_printf(")' \\\n");
    }
    out_printf("            '(- *)'{-h,--help}'[the options]'\n        ;;\n");
}

static void zsh(void) {
    out_printf("#compdef dfoo\n# Completion of dfoo for zsh, made by `dfoo help --completion zsh`.\n\n"
               "_dfoo_models() {\n    _alternative 'models:built-in model:(");
    names_of(DFOO_MODELS);
    out_printf(")' 'files:file:_files'\n}\n\n"
               "_dfoo_subjects() {\n    _alternative 'functions:function or page:(");
    subjects();
    out_printf(")' 'models:model:_dfoo_models'\n}\n\n"
               "_dfoo() {\n"
               "    local -a commands=(\n");
    for (size_t i = 0; command_at(i); i++) {
        out_printf("        '%s:", command_at(i)->name);
        quoted(command_at(i)->summary, false);
        out_printf("'\n");
    }
    out_printf("    )\n"
               "    if ((CURRENT == 2)); then\n"
               "        _describe command commands\n"
               "        return\n"
               "    fi\n"
               "    shift words\n"
               "    ((CURRENT--))\n"
               "    case $words[1] in\n");
    for (size_t i = 0; command_at(i); i++) zsh_command(command_at(i));
    out_printf("    esac\n}\n\n_dfoo \"$@\"\n");
}

/* --------------------------------------------------------------------- fish */

static void fish_option(const command *c, const option *o) {
    char help[HELP_SIZE];
    out_printf("complete -c dfoo -n '__dfoo_command %s' -l %s", c->name, o->name);
    if (o->alias) out_printf(" -l %s", o->alias);
    if (o->letter) out_printf(" -s %c", o->letter);
    if (o->value) out_printf(option_takes_file(o) ? " -r -F" : " -x");
    if (knows_values(o)) {
        out_printf(" -a '");
        values_of(o);
        out_printf("'");
    }
    out_printf(" -d '");
    quoted(option_text(o, o->help, help), true);
    out_printf("'\n");
}

static void fish_command(const command *c) {
    out_printf("\ncomplete -c dfoo -n '__dfoo_first' -a %s -d '", c->name);
    quoted(c->summary, true);
    out_printf("'\n");
    if (takes(c, "MODEL")) {
        out_printf("complete -c dfoo -n '__dfoo_command %s' -F -a '", c->name);
        names_of(DFOO_MODELS);
        out_printf("' -d 'built-in model'\n");
    }
    if (takes(c, "FUNCTION")) {
        out_printf("complete -c dfoo -n '__dfoo_command %s' -a '", c->name);
        subjects();
        out_printf("' -d 'function or page'\n");
    }
    if (takes(c, "COMMAND")) {
        out_printf("complete -c dfoo -n '__dfoo_command %s' -a '", c->name);
        command_names();
        out_printf("'\n");
    }
    EACH_OPTION(o, c) fish_option(c, o);
}

static void fish(void) {
    out_printf("# Completion of dfoo for fish, made by `dfoo help --completion fish`.\n\n"
               "function __dfoo_first\n"
               "    test (count (commandline -opc)) -eq 1\n"
               "end\n\n"
               "function __dfoo_command\n"
               "    set -l words (commandline -opc)\n"
               "    test (count $words) -gt 1; and test $words[2] = $argv[1]\n"
               "end\n\n"
               "complete -c dfoo -f\n"
               "complete -c dfoo -s h -l help -d 'the options'\n"
               "complete -c dfoo -n '__dfoo_first' -l version -d 'the version'\n");
    for (size_t i = 0; command_at(i); i++) fish_command(command_at(i));
}

void completion_show(int shell) {
    static void (*const shells[])(void) = {bash, zsh, fish};
    shells[shell]();
}
