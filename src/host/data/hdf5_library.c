/* Finding libhdf5 under one of the names that it has, and its functions. */
#include "host/data/hdf5_library.h"

#include <stdlib.h>
#include <string.h>

/* NULL: a program that is linked with it has it already, and a copy of its data. Then Debian's names, with
 * "serial" in them. 103 is 1.10, 200 is 1.12, 310 and 320 are 1.14. */
static const char *const names[] = {
    NULL,
    "libhdf5_serial.so.103", "libhdf5_serial.so.310", "libhdf5_serial.so.320", "libhdf5_serial.so",
    "libhdf5.so.103", "libhdf5.so.200", "libhdf5.so.310", "libhdf5.so.320", "libhdf5.so",
    "libhdf5.dylib", "/opt/homebrew/lib/libhdf5.dylib", "hdf5.dll"};

static bool find_symbol(void *library, const char *name, void *pointer) {
    void *symbol = os_library_symbol(library, name);
    memcpy(pointer, &symbol, sizeof symbol); /* a function's address, which C has no cast for */
    return symbol != NULL;
}

static bool find_symbols(void *library, hdf5_library *out) {
    static const char *const symbols[] = {
#define X(result, name, symbol, parameters) symbol,
        HDF5_FUNCTIONS(X)
#undef X
    };
    void *const to[] = {
#define X(result, name, symbol, parameters) &out->name,
        HDF5_FUNCTIONS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (!find_symbol(library, symbols[i], to[i])) return false;
    return find_symbol(library, "H5T_NATIVE_DOUBLE_g", &out->native_double) &&
           find_symbol(library, "H5P_CLS_FILE_ACCESS_ID_g", &out->file_access);
}

/* Before 1.10 an id has 32 bits. */
static bool is_known(const hdf5_library *h) {
    unsigned major = 0, minor = 0, patch = 0;
    return h->get_libversion(&major, &minor, &patch) >= 0 && (major > 1 || (major == 1 && minor >= 10));
}

/* Is it under this name? *is_there says that something was. */
static bool try_name(const char *name, hdf5_library *out, bool *is_there) {
    void *library = os_library(name);
    if (!library) return false;
    *is_there |= name != NULL;
    return find_symbols(library, out) && is_known(out) && out->open() >= 0;
}

const hdf5_library *hdf5_library_get(const char **why) {
    static hdf5_library found;
    static bool         is_found;
    if (is_found) return &found;
    const char *chosen = getenv("DFOO_HDF5");
    bool        is_there = false;
    if (chosen) is_found = try_name(chosen, &found, &is_there);
    for (size_t i = 0; !chosen && !is_found && i < sizeof names / sizeof *names; i++)
        is_found = try_name(names[i], &found, &is_there);
    *why = is_there ? "HDF5 files need libhdf5 1.10 or later; the one that is here is another"
                    : "HDF5 files need the library libhdf5, which is not here (Debian: apt-get install "
                      "libhdf5-103-1, or the libhdf5 of your release; DFOO_HDF5=/path/to/libhdf5.so names "
                      "another place)";
    return is_found ? &found : NULL;
}
