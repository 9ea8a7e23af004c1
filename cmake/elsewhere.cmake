# What is built where the program is not: the objects of all wings, or of some (DFOO_WINGS), and with all of
# them `commands`, which derives, explains, checks and trains through dfoo.h (tests/elsewhere).
if(NOT DFOO_WINGS)
    add_executable(commands tests/elsewhere/commands.c $<TARGET_OBJECTS:dfoo_objects>)
    target_include_directories(commands PRIVATE include)
    target_link_libraries(commands PRIVATE m)
    if(CMAKE_SYSTEM_NAME STREQUAL WASI)
        set_target_properties(commands PROPERTIES SUFFIX .wasm)
        target_link_options(commands PRIVATE -Wl,-z,stack-size=1048576)
    endif()
endif()
