# Finds the libraries below dfoo: for the build, where they are required (dfoo_required), and
# for programs that link the installed static library.
find_package(PkgConfig QUIET ${dfoo_required})
find_package(Threads QUIET ${dfoo_required})
if(PkgConfig_FOUND)
    pkg_check_modules(DFOO_DEP_BLAS QUIET ${dfoo_required} IMPORTED_TARGET ${DFOO_BLAS})
    pkg_check_modules(DFOO_DEP_Z QUIET ${dfoo_required} IMPORTED_TARGET zlib)
endif()
