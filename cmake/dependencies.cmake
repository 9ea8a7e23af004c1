# Finds the libraries below dfoo: for the build, where they are required (dfoo_required), and
# for programs that link the installed static library.
find_package(PkgConfig QUIET ${dfoo_required})
find_package(Threads QUIET ${dfoo_required})
if(PkgConfig_FOUND)
    pkg_check_modules(DFOO_DEP_BLAS QUIET ${dfoo_required} IMPORTED_TARGET ${DFOO_BLAS})
    pkg_check_modules(DFOO_DEP_ZIP QUIET ${dfoo_required} IMPORTED_TARGET libzip)
    pkg_check_modules(DFOO_DEP_Z QUIET ${dfoo_required} IMPORTED_TARGET zlib)
    pkg_search_module(DFOO_DEP_HDF5 QUIET ${dfoo_required} IMPORTED_TARGET hdf5-serial hdf5) # Debian's name first
endif()

# libcsv has no pkg-config file.
find_path(DFOO_CSV_INCLUDE csv.h ${dfoo_required})
find_library(DFOO_CSV_LIBRARY csv ${dfoo_required})
mark_as_advanced(DFOO_CSV_INCLUDE DFOO_CSV_LIBRARY)
if(DFOO_CSV_LIBRARY AND NOT TARGET dfoo_dep_csv)
    add_library(dfoo_dep_csv INTERFACE IMPORTED)
    target_include_directories(dfoo_dep_csv INTERFACE ${DFOO_CSV_INCLUDE})
    target_link_libraries(dfoo_dep_csv INTERFACE ${DFOO_CSV_LIBRARY})
endif()
