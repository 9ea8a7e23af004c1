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

static dfoo_status (*const runs[N_COMMANDS])(dfoo *d, request *r) = {
#define COMMAND(ID, ...) run_##ID,
#include "commands.def"
};

static bool is_help(const char *word) {
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool is_json(const char *word) {
    return strcmp(word, "--json") == 0;
}

/* Is there such a word among the options? */
static bool asks(char **rest, bool is(const char *word)) {
    for (; *rest && strcmp(*rest, "--") != 0; rest++)
        if (is(*rest)) return true;
    return false;
}

static dfoo_status run_with_context(const command *c, request *r) {
    dfoo       *d;
    dfoo_status status = dfoo_open(NULL, &d);
    if (status == DFOO_OK) {
        status = dfoo_use_isa(d, getenv("DFOO_ISA"));
        if (status == DFOO_OK) status = dfoo_use_memory(d, r->memory);
        if (status == DFOO_OK) status = runs[c->id](d, r);
        say_messages(d);
    }
    dfoo_close(d);
    return status;
}

static dfoo_status help_about(const command *c) {
    if (json_asked()) help_json(c);
    else help_show(c);
    return DFOO_OK;
}

static dfoo_status run_command(const command *c, char **rest) {
    request r = NOTHING_ASKED;
    if (asks(rest, is_help)) return help_about(c);
    dfoo_status status = options_parse(c, rest, &r);
    bool        more = status == DFOO_OK && takes(c, "FILE.toml") && is_config(r.args[0]);
    if (more) status = config_read(c, &r);
    if (status == DFOO_OK) status = options_complete(c, &r);
    if (status == DFOO_OK) status = outputs_check(c, &r);
    if (status == DFOO_OK) status = run_with_context(c, &r);
    options_free(c, &r);
    return status;
}

static dfoo_status tell_json(const char *command, dfoo_status status) {
    char *text = json_finish(command, status);
    out_printf("%s\n", text ? text : json_without_memory());
    status = text ? status : DFOO_ENOMEM;
    free(text);
    return status;
}

static dfoo_status run(char **rest) {
    if (!rest[0]) {
        help_first_minutes();
        return DFOO_OK;
    }
    if (asks(rest, is_json)) json_ask();
    if (strcmp(rest[0], "--version") == 0) {
        out_printf("dfoo %s\n", DFOO_VERSION);
        return DFOO_OK;
    }
    const command *c = command_find(is_help(rest[0]) ? "help" : rest[0]);
    dfoo_status    status = c ? run_command(c, rest + 1) : command_unknown(rest[0]);
    if (status > DFOO_NO && !said_what_is_wrong()) wrong("%s", dfoo_status_text(status));
    return json_asked() ? tell_json(!c ? NULL : asks(rest + 1, is_help) ? "help" : c->name, status) : status;
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

int main(int argc, char **argv) {
    static char *nothing[] = {NULL};
    if (!open_standard_files()) return 2;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that grows beyond a limit is a message, not the end */
    dfoo_status status = run(argc > 0 ? argv + 1 : nothing);
    if (!output_close()) return 2;
    if (signal_ended_by()) {
        signal(signal_ended_by(), SIG_DFL);
        raise(signal_ended_by());
    }
    return status == DFOO_OK ? 0 : status == DFOO_NO ? 1 : 2;
}
