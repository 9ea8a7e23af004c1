# awk -v version=0.2.0 -f header_man.awk dfoo.h: the header as a page for man(7).
#
# A comment that begins a line is text, everything else is code; "/* --- name */" begins a section.
# The guards and the C++ brackets are left away.

function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    sub(/^[.']/, "\\\\\\&&", text)
    return text
}

function become(wanted) { # of: "text", "code"
    if (wanted == kind) return
    if (kind == "code") print ".fi\n.RE"
    if (wanted == "code") print ".PP\n.RS 2\n.nf"
    if (wanted == "text") print ".PP"
    kind = wanted
}

# A line of a comment: what stands indented in it is code, too.
function comment(line) {
    if (line ~ /^   /) { become("code"); print escaped(substr(line, 3)); return }
    sub(/^ /, "", line)
    if (line == "") { kind == "code" ? become("text") : print_break(); return }
    become("text")
    if (line ~ /^[A-Z][a-z]+: /) print_break()
    print escaped(line)
}

function print_break() { if (kind == "text") print ".PP" }

BEGIN {
    print ".\\\" Made from include/dfoo.h.\n.TH DFOO 3 \"\" \"dfoo " version "\" \"Library Functions\""
    print ".SH NAME\ndfoo \\- backpropagation derived, explained, checked and trained"
    print ".SH SYNOPSIS\n.nf\n#include <dfoo.h>\n.PP\ncc \\fIfile\\fR.c $(pkg\\-config \\-\\-cflags \\-\\-libs dfoo)\n.fi"
    print ".SH DESCRIPTION"
    kind = "text"
}

/^#ifdef __cplusplus/ { foreign = 1; next } # what only C++ sees
foreign { if (/^#(endif|else)/) foreign = 0; next }
/^#(ifndef|define|endif|ifdef|if|else)/ && !/DFOO_VERSION/ { next }
inside {
    last = sub(/ *\*\/$/, "")
    sub(/^ \*/, "")
    if ($0 != "" || !last) comment($0)
    inside = !last
    next
}
/^\/\* --+ .* \*\/$/ {
    become("text")
    gsub(/^\/\* -+ | \*\/$/, "")
    print ".SH " toupper(escaped($0))
    next
}
/^\/\*/ {
    sub(/^\/\*/, "")
    inside = !sub(/ *\*\/$/, "")
    comment($0)
    next
}
/^$/ { if (kind == "code") become("gap"); next }
{
    if (/^ +/ && open) sub(/^         /, "") # as much as DFOO_API takes on the line before
    open = open ? !/;/ : /^DFOO_API [^;]*$/
    sub(/^DFOO_API /, "")
    become("code")
    print escaped($0)
}

END {
    become("text")
    print ".SH SEE ALSO\n.BR dfoo (1)"
}
