/* Pages of the primer, primer.def: a question answered on the model at hand. */
#ifndef TELL_PRIMER_H
#define TELL_PRIMER_H

#include "teach/tell/tell.h"

/* The page that a name means, in any case, with blanks, - or _ between its words; NULL: none. */
const primer_page *primer_find(const char *name);

/* Page number i, NULL behind the last; its name, the sentence below its title, and the built-in model that it
 * is told of without another. */
const primer_page *primer_at(size_t i);
const char        *primer_name(const primer_page *page);
const char        *primer_about(const primer_page *page);
const char        *primer_model(const primer_page *page);

/* Does it write entries by their numbers? Then it is told at sizes that scalar_sizes chooses: two of a kind,
 * one example, one output, where they are not set. scalar_fits: .. and none of them has two digits. */
bool        primer_is_scalar(const primer_page *page);
dfoo_status scalar_sizes(const model *m, arena *a, sizes *out);
bool        scalar_fits(const model *m, const sizes *s);

/* The variable whose gradient the page is about in this model; 0: it has nothing of the kind. */
dfoo_status primer_goal(document *doc, const primer_page *page, var_id *goal);

/* Fills in the blocks of the page opt->page about doc->goal, and evaluates them. */
dfoo_status primer_tell(document *doc, const program *run, const tell_options *opt, explain_result *r);

#endif
