/* Ctrl-C (SIGINT) and SIGTERM: what runs ends behind the step at hand, and the program as by the signal. A
 * second one ends the process at once. */
#include "cli.h"

#include <signal.h>

static volatile sig_atomic_t caught;
static int                   ended_by;

static void catch_signal(int number) {
    caught = number;
}

/* What was ignored (as by nohup) stays so. */
void signals_catch(void) {
    static const int numbers[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        struct sigaction old, how = {.sa_handler = catch_signal};
        how.sa_flags = (int)(SA_RESTART | SA_RESETHAND);
        sigemptyset(&how.sa_mask);
        bool ignored = sigaction(numbers[i], NULL, &old) != 0 || old.sa_handler == SIG_IGN;
        if (!ignored) sigaction(numbers[i], &how, NULL);
    }
}

int signal_caught(void) {
    return caught;
}

void signal_ends(void) {
    ended_by = caught;
}

int signal_ended_by(void) {
    return ended_by;
}
