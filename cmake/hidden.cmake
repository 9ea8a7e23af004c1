# Who links the static library sees the names of dfoo.h and no others, as with the shared one: its
# objects are joined into one, in which hidden names are local.
#
# Where that is not possible (no ELF, no objcopy, link-time optimisation, instrumented code, whose
# run-time library joins objects in ways of its own) the objects are taken as they are.
set(DFOO_HIDE OFF)
if(CMAKE_OBJCOPY AND CMAKE_EXECUTABLE_FORMAT STREQUAL ELF AND NOT CMAKE_INTERPROCEDURAL_OPTIMIZATION
   AND NOT CMAKE_C_FLAGS MATCHES "-flto" AND NOT DFOO_SANITIZE AND NOT DFOO_COVERAGE AND NOT DFOO_FUZZ)
    set(DFOO_HIDE ON)
endif()

# hidden_names(OUT TARGET): the objects of TARGET for the static library.
function(hidden_names out target)
    if(NOT DFOO_HIDE)
        set(${out} $<TARGET_OBJECTS:${target}> PARENT_SCOPE)
        return()
    endif()
    set(joined ${PROJECT_BINARY_DIR}/dfoo.o)
    separate_arguments(flags UNIX_COMMAND "${CMAKE_C_FLAGS}") # -m32 and the like
    add_custom_command(
        OUTPUT ${joined}
        COMMAND ${CMAKE_C_COMPILER} ${flags} -r -nostdlib -o ${joined} $<TARGET_OBJECTS:${target}>
        COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${joined}
        DEPENDS ${target} $<TARGET_OBJECTS:${target}>
        COMMAND_EXPAND_LISTS
        VERBATIM)
    set_source_files_properties(${joined} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
    set(${out} ${joined} PARENT_SCOPE)
endfunction()
