"""Writes the tables of io.medley.text; standard library only. Needs Python 3.11, whose Unicode version is 14.0 (checked).

    python3 text_tables.py ../main/resources/io/medley/text

unicode-14.txt   what Python's str.lower, unicodedata.category and unicodedata.normalize("NFD") say, as far as the tokenizers need it.
                 A JDK cannot stand in: 17 knows Unicode 13, 25 knows 16, and both differ from what the published tokenizers were run with.
html5-entities.txt  the names html.unescape knows.

It also prints a digest over all code points, which UnicodeTest recomputes from the tables.
"""

import hashlib
import html.entities
import pathlib
import sys
import unicodedata

CODE_POINTS = range(0x110000)


def kind(char):
    """One letter a code point; '-' is the default and not written."""
    category = unicodedata.category(char)
    if category[0] == "C":
        return "C"  # control, format, surrogate, private use, unassigned
    if category == "Zs":
        return "Z"
    if category in ("Zl", "Zp"):
        return "B"
    if category == "Mn":  # M: may be passed over when marks are reordered; S: a starter, ends the run of marks
        return "S" if any(unicodedata.combining(c) == 0 for c in unicodedata.normalize("NFD", char)) else "M"
    return category[0] if category[0] in "LNP" else "-"


def casing(char):
    """The two properties the final-sigma rule asks for, seen through str.lower itself."""
    if ("A" + char + "\u03a3").lower()[-1] == "\u03c2":
        if (char + "\u03a3").lower()[-1] == "\u03c2":
            return "cased"
        return "ignorable"
    return ""


def stripped(char):
    return "".join(c for c in unicodedata.normalize("NFD", char) if unicodedata.category(c) != "Mn")


def ranges(label_of):
    """{label: [(first, last), ...]} of neighbouring code points with one label."""
    found = {}
    start, label = 0, label_of(chr(0))
    for code in range(1, 0x110001):
        here = label_of(chr(code)) if code < 0x110000 else None
        if here != label:
            found.setdefault(label, []).append((start, code - 1))
            start, label = code, here
    return found


def deltas(pairs):
    """Runs 'first-last/step+delta' of (code, mapped) pairs."""
    runs = []
    for code, mapped in pairs:
        if runs:
            run = runs[-1]
            gap = code - run[1]
            if run[3] == mapped - code and (gap == run[2] if run[0] != run[1] else gap in (1, 2)):
                run[1], run[2] = code, gap
                continue
        runs.append([code, code, 1, mapped - code])
    return [f"{a:X}-{b:X}/{step}{delta:+X}" if a != b else f"{a:X}{delta:+X}" for a, b, step, delta in runs]


def write(lines, name, items):
    line = name
    for item in items:
        if len(line) + 1 + len(item) > 120:
            lines.append(line)
            line = name
        line += " " + item
    lines.append(line)


def unicode_table():
    lines = ["# Made by src/tools/text_tables.py from Unicode " + unicodedata.unidata_version + "."]
    for label, spans in sorted(ranges(kind).items()):
        if label != "-":
            write(lines, "kind-" + label, [f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in spans])
    for label, spans in sorted(ranges(casing).items()):
        if label:
            write(lines, label, [f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in spans])
    lower = [(c, chr(c).lower()) for c in CODE_POINTS if chr(c).lower() != chr(c)]
    write(lines, "lower", deltas([(c, ord(s)) for c, s in lower if len(s) == 1]))
    hangul = range(0xAC00, 0xD7A4)  # by arithmetic
    strip = [(c, stripped(chr(c))) for c in CODE_POINTS if c not in hangul and kind(chr(c)) not in "MSC" and stripped(chr(c)) != chr(c)]
    write(lines, "strip", deltas([(c, ord(s)) for c, s in strip if len(s) == 1]))
    write(lines, "strips", [f"{c:X}={'+'.join(f'{ord(x):X}' for x in s)}" for c, s in strip if len(s) > 1])
    orders = [(c, unicodedata.combining(chr(c))) for c in CODE_POINTS]
    write(lines, "order", [f"{c:X}={o}" for c, o in orders if o and unicodedata.category(chr(c)) != "Mn"])
    return lines


def digest():
    """SHA-256 over one line a code point: what UnicodeTest must find."""
    sha = hashlib.sha256()
    for code in CODE_POINTS:
        char = chr(code)
        lower = " ".join(f"{ord(c):x}" for c in char.lower())
        strip = "" if kind(char) in "MS" else " ".join(f"{ord(c):x}" for c in stripped(char))
        sha.update(f"{code:x} {kind(char)} {casing(char)} {lower} {strip} {int(char.isspace())}\n".encode())
    return sha.hexdigest()


def main(out):
    if unicodedata.unidata_version != "14.0.0":
        sys.exit(f"this Python has Unicode {unicodedata.unidata_version}; use Python 3.11, whose tables are 14.0.0")
    out = pathlib.Path(out)
    (out / "unicode-14.txt").write_text("\n".join(unicode_table()) + "\n", "ascii")
    entities = [f"{name} {' '.join(f'{ord(c):X}' for c in value)}" for name, value in sorted(html.entities.html5.items())]
    (out / "html5-entities.txt").write_text("\n".join(entities) + "\n", "ascii")
    print("digest", digest())


if __name__ == "__main__":
    main(sys.argv[1])
