/* Zip archives as numpy writes and reads them: stored or deflated entries, zip64 for what is larger than
 * 4 GB. Format: PKWARE's APPNOTE.TXT, 4.3 to 4.5. */
#ifndef DATA_ARCHIVE_H
#define DATA_ARCHIVE_H

#include "host/data/internal.h"

/* ----------------------------------------------------------------- reading */

typedef struct archive_entry {
    const char *name;
    uint64_t    packed, size; /* bytes in the archive, and unpacked */
    uint64_t    at;           /* of its local header */
    uint32_t    crc;
    unsigned    method, flags;
    bool        twice; /* an earlier entry has the same name */
} archive_entry;

typedef struct archive_directory {
    VEC(archive_entry) list;
    const input *in;
    uint64_t     at; /* where it begins: entries lie before it */
} archive_directory;

/* Everything in the directory lives in the arena; nothing of it has been held against the entries yet. */
dfoo_status archive_read(const input *in, arena *a, archive_directory *out);

/* The bytes of an entry as a stream, unpacked and checked: its end is trouble if its sum is wrong. */
typedef struct archive_reader archive_reader;
dfoo_status archive_open(const archive_directory *dir, const archive_entry *e, const char *shown, stream *s,
                         archive_reader **out);
void archive_close(archive_reader *r); /* also after a failure; NULL is fine */

/* ----------------------------------------------------------------- writing */

/* Entries are stored one behind the other; nothing is sought, so that it may be a pipe. */
typedef struct archive_writer {
    FILE    *file;
    arena   *a;
    uint64_t at;      /* bytes written */
    uint64_t largest; /* what 32 bits can hold: a size beyond it takes zip64 */
    VEC(archive_entry) list;
} archive_writer;

/* Begins an entry of `size` bytes whose sum is known; as many are to be written to w->file then. */
dfoo_status archive_add(archive_writer *w, const char *name, uint64_t size, uint32_t crc);

/* Writes the directory. Whether the file took everything is the file's to say. */
void archive_finish(archive_writer *w);

#endif
