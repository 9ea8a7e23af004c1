/* dfoo, the program: finds the command and runs it.
 *
 * Exit status: 0 done; 1 the answer is "no"; 2 the request or the input was wrong, or the
 * results could not be written. */
#include "cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const command *const commands[] = {&show_command,  &derive_command, &explain_command, &grad_command,
                                          &check_command, &train_command,  &predict_command, &plot_command,
                                          &new_command,   &help_command};

const command *command_at(size_t i) {
    return i < COUNT(commands) ? commands[i] : NULL;
}

const command *command_find(const char *name) {
    for (size_t i = 0; i < COUNT(commands); i++) {
        if (strcmp(commands[i]->name, name) == 0) return commands[i];
    }
    return NULL;
}

dfoo_status command_unknown(const char *word) {
    guess g = {.word = word};
    for (size_t i = 0; i < COUNT(commands); i++) guess_try(&g, commands[i]->name);
    if (g.best) return wrong("there is no command \"%s\"; did you mean %s?", word, g.best);
    if (is_model(word))
        return wrong("\"%s\" is a model; say what to do with it, as in dfoo derive %s", word, word);
    if (word[0] == '-')
        return wrong("there is no option %s before a command; `dfoo help` lists the commands", word);
    return wrong("there is no command \"%s\"; `dfoo help` lists what there is", word);
}

static bool is_help(const char *word) {
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool asks_help(char **rest) {
    for (; *rest && strcmp(*rest, "--") != 0; rest++) {
        if (is_help(*rest)) return true;
    }
    return false;
}

static dfoo_status run_with_context(const command *c, const char *const *args) {
    dfoo       *d;
    dfoo_status status = dfoo_open(NULL, &d);
    if (status == DFOO_OK) {
        status = dfoo_use_isa(d, getenv("DFOO_ISA"));
        if (status == DFOO_OK) status = c->run(d, args);
        say_messages(d);
    }
    dfoo_close(d);
    return status;
}

static dfoo_status run_command(const command *c, char **rest) {
    if (asks_help(rest)) {
        help_show(c);
        return DFOO_OK;
    }
    const char *args[MAX_ARGUMENTS];
    dfoo_status status = options_parse(c, rest, args);
    if (status == DFOO_OK) status = run_with_context(c, args);
    options_free(c);
    return status;
}

static dfoo_status run(char **rest) {
    if (!rest[0]) {
        help_first_minutes();
        return DFOO_OK;
    }
    if (is_help(rest[0])) return run_command(&help_command, rest + 1);
    if (strcmp(rest[0], "--version") == 0) {
        out_printf("dfoo %s\n", DFOO_VERSION);
        return DFOO_OK;
    }
    const command *c = command_find(rest[0]);
    return c ? run_command(c, rest + 1) : command_unknown(rest[0]);
}

/* A file that we open must not become standard output because that was closed. What stands in
 * for a closed stream refuses what the stream is for. */
static bool open_standard_files(void) {
    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) != -1) continue;
        if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) return false;
    }
    return true;
}

static int ended_by;

void end_by_signal(int number) {
    ended_by = number;
}

int main(int argc, char **argv) {
    static char *nothing[] = {NULL};
    if (!open_standard_files()) return 2;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that grows beyond a limit is a message, not the end */
    dfoo_status status = run(argc > 0 ? argv + 1 : nothing);
    if (status > DFOO_NO && !said_anything()) wrong("%s", dfoo_status_text(status));
    if (!output_close()) return 2;
    if (ended_by) {
        signal(ended_by, SIG_DFL);
        raise(ended_by);
    }
    return status == DFOO_OK ? 0 : status == DFOO_NO ? 1 : 2;
}
