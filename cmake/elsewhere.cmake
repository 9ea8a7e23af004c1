# What is built where the program is not: the objects of all wings, or of some (DFOO_WINGS), and with all of
# them `commands`, which derives, explains, checks and trains through dfoo.h (tests/elsewhere).
if(NOT DFOO_WINGS)
    add_executable(commands tests/elsewhere/commands.c $<TARGET_OBJECTS:dfoo_objects>)
    target_include_directories(commands PRIVATE include)
    target_link_libraries(commands PRIVATE m)
    if(CMAKE_SYSTEM_NAME STREQUAL WASI)
        set_target_properties(commands PROPERTIES SUFFIX .wasm)
        target_link_options(commands PRIVATE -Wl,-z,stack-size=1048576)
        # What page/ asks: a module without main, whose functions are called as often as wanted.
        add_executable(page page/page.c $<TARGET_OBJECTS:dfoo_objects>)
        set_target_properties(page PROPERTIES SUFFIX .wasm)
        target_include_directories(page PRIVATE include)
        target_link_libraries(page PRIVATE m)
        target_link_options(page PRIVATE -mexec-model=reactor -Wl,-z,stack-size=1048576 -Wl,-s)
    endif()
endif()
