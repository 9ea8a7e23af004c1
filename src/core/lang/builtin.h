/* The models of examples/ that are built into the library; the build writes builtin_models.c
 * from the files. Both lists end with NULL. */
#ifndef LANG_BUILTIN_H
#define LANG_BUILTIN_H

extern const char *const builtin_model_names[];
extern const char *const builtin_model_texts[];

#endif
