# Finds the libraries below dfoo: for the build, where they are required (dfoo_required), and
# for programs that link the installed static library.
if(NOT CMAKE_SYSTEM_NAME STREQUAL WASI)
    find_package(Threads QUIET ${dfoo_required})
endif()
if(DFOO_ZLIB)
    find_package(PkgConfig QUIET ${dfoo_required})
endif()
if(DFOO_ZLIB AND PkgConfig_FOUND)
    pkg_check_modules(DFOO_DEP_Z QUIET ${dfoo_required} IMPORTED_TARGET zlib)
endif()
