/* The public interface: which instructions of the processor compute. */
#include "api/api.h"

static dfoo_status choose_isa(dfoo *d, const char *name, diags *messages) {
    exec_isa isa = exec_isa_find(name);
    if (isa == EXEC_ISAS) {
        buf known;
        buf_init(&known, d->mem);
        for (exec_isa i = EXEC_BEST; i < EXEC_ISAS; i++)
            if (exec_isa_here(i)) buf_printf(&known, "%s%s", i ? ", " : "", exec_isa_word(i));
        dfoo_status status = diag_alone(messages, "there is no instruction set \"%s\"; here are %s", name,
                                        known.text ? known.text : "");
        buf_free(&known);
        return status;
    }
    if (!exec_isa_here(isa)) return diag_alone(messages, "this processor has no %s", name);
    d->isa = isa;
    return DFOO_OK;
}

dfoo_status dfoo_use_isa(dfoo *d, const char *name) {
    work w;
    NEED(NULL, d);
    dfoo_status status = work_begin(&w, d);
    if (status == DFOO_OK) status = choose_isa(d, name ? name : exec_isa_word(EXEC_BEST), &w.messages);
    return work_close(&w, status);
}
