# What is made from the program's tables and from the header, and installed beside them: a manual
# page for each command, dfoo(3), and the completions of three shells.
#
# The program has to run for it. Where it cannot (another machine's compiler) only what needs no
# run is made.
set(pages ${PROJECT_BINARY_DIR}/pages)
file(MAKE_DIRECTORY ${pages})
install(FILES docs/man/dfoo.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

# One file, from what the dfoo of this build writes.
macro(dfoo_writes file)
    add_custom_command(OUTPUT ${pages}/${file} COMMAND dfoo ${ARGN} > ${pages}/${file} DEPENDS dfoo VERBATIM)
    list(APPEND page_files ${pages}/${file})
endmacro()

if(TARGET dfoo AND (NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR))
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS cli/commands.def)
    file(STRINGS cli/commands.def commands REGEX "^COMMAND\\(")
    foreach(command ${commands})
        string(REGEX REPLACE "^COMMAND\\([a-z_]+, \"([a-z-]+)\".*" "\\1" command "${command}")
        dfoo_writes(dfoo-${command}.1 help ${command} --man)
        install(FILES ${pages}/dfoo-${command}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    endforeach()
    dfoo_writes(dfoo.bash help --completion bash)
    dfoo_writes(_dfoo help --completion zsh)
    dfoo_writes(dfoo.fish help --completion fish)
    install(FILES ${pages}/dfoo.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME dfoo)
    install(FILES ${pages}/_dfoo DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${pages}/dfoo.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

find_program(DFOO_AWK NAMES awk mawk gawk)
mark_as_advanced(DFOO_AWK)
if(DFOO_AWK)
    add_custom_command(
        OUTPUT ${pages}/dfoo.3
        COMMAND ${DFOO_AWK} -v version=${PROJECT_VERSION} -f ${PROJECT_SOURCE_DIR}/cmake/header_man.awk
                ${PROJECT_SOURCE_DIR}/include/dfoo.h > ${pages}/dfoo.3
        DEPENDS include/dfoo.h cmake/header_man.awk
        VERBATIM)
    list(APPEND page_files ${pages}/dfoo.3)
    install(FILES ${pages}/dfoo.3 DESTINATION ${CMAKE_INSTALL_MANDIR}/man3)
endif()

add_custom_target(dfoo_pages ALL DEPENDS ${page_files})
