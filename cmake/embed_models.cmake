# cmake "-DFILES=a.eq;b.eq" -DOUT=builtin_models.c -P embed_models.cmake
# Writes text files as the C strings that src/core/lang/builtin.h declares.
set(names "")
set(texts "")
foreach(file ${FILES})
    cmake_path(GET file STEM name)
    file(READ "${file}" text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
    string(APPEND names "    \"${name}\",\n")
    string(APPEND texts "    \"${text}\",\n\n")
endforeach()
file(WRITE "${OUT}" "/* Made by cmake/embed_models.cmake from examples/. */
#include \"core/lang/builtin.h\"

#include <stddef.h>

const char *const builtin_model_names[] = {
${names}    NULL};

const char *const builtin_model_texts[] = {
${texts}    NULL};
")
