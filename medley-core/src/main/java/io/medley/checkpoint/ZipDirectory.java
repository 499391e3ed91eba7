package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The central directory of a zip archive, 64-bit extensions included, with every offset checked against the file. Gives the positions of
 * entries; nothing is ever unpacked. (The JDK's own reader tells no positions, which mapping needs.)
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">PKWARE APPNOTE, sections 4.3 and 4.5.3</a>
 */
final class ZipDirectory {
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int END_64_LOCATOR = 0x07064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int MOST_ENTRIES = 1_000_000;
    private static final long LARGEST_DIRECTORY = 256L << 20;

    /**
     * An entry's bytes as they lie in the file.
     *
     * @param stored whether they are not compressed
     */
    record Entry(String name, long offset, long size, boolean stored) {}

    private final MappedFile file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    ZipDirectory(MappedFile file) {
        this.file = file;
        long size = file.size();
        int tailLength = (int) Math.min(size, 65_535 + 22);
        ByteBuffer tail = file.map(size - tailLength, tailLength);
        int end = tailLength - 22;
        while (end >= 0 && !(tail.getInt(end) == END && end + 22 + u16(tail, end + 20) == tailLength)) {
            end--;
        }
        if (end < 0) {
            throw bad("no end of central directory; it is truncated, fetch it again");
        }
        long count = u16(tail, end + 10);
        long length = u32(tail, end + 12);
        long start = u32(tail, end + 16);
        long endPosition = size - tailLength + end;
        if (count == 0xffff || length == 0xffffffffL || start == 0xffffffffL) {
            ByteBuffer end64 = end64(endPosition);
            count = end64.getLong(32);
            length = end64.getLong(40);
            start = end64.getLong(48);
        }
        if (count < 0 || count > MOST_ENTRIES || length < 0 || length > LARGEST_DIRECTORY) {
            throw bad("its directory claims " + count + " entries in " + length + " bytes");
        }
        if (start < 0 || start > endPosition - length) {
            throw bad("its directory is said to lie at byte " + start + " of " + size);
        }
        readCentral(file.map(start, length), count, start);
        checkNoOverlap();
    }

    /** By name, in the directory's order. */
    Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    private ByteBuffer end64(long endPosition) {
        if (endPosition < 20) {
            throw bad("its 64-bit directory is missing");
        }
        ByteBuffer locator = file.map(endPosition - 20, 20);
        long position = locator.getLong(8);
        if (locator.getInt(0) != END_64_LOCATOR || position < 0 || position > endPosition - 76) {
            throw bad("its 64-bit directory is missing");
        }
        ByteBuffer end64 = file.map(position, 56);
        if (end64.getInt(0) != END_64) {
            throw bad("its 64-bit directory is missing");
        }
        return end64;
    }

    private void readCentral(ByteBuffer central, long count, long dataEnd) {
        int at = 0;
        for (long i = 0; i < count; i++) {
            if (at > central.limit() - 46 || central.getInt(at) != CENTRAL) {
                throw bad("its directory is damaged at entry " + i);
            }
            int flags = u16(central, at + 8);
            int method = u16(central, at + 10);
            long packed = u32(central, at + 20);
            long plain = u32(central, at + 24);
            int nameLength = u16(central, at + 28);
            int extraLength = u16(central, at + 30);
            int commentLength = u16(central, at + 32);
            long local = u32(central, at + 42);
            int next = at + 46 + nameLength + extraLength + commentLength;
            if (next > central.limit()) {
                throw bad("its directory is damaged at entry " + i);
            }
            byte[] nameBytes = new byte[nameLength];
            central.get(at + 46, nameBytes);
            String name = new String(nameBytes, StandardCharsets.UTF_8);
            checkName(name);
            // The 64-bit extension holds, in this order, just the fields that overflowed.
            int extra = at + 46 + nameLength;
            int extraEnd = extra + extraLength;
            while (extra <= extraEnd - 4) {
                int tag = u16(central, extra);
                int fieldEnd = extra + 4 + u16(central, extra + 2);
                if (fieldEnd > extraEnd) {
                    throw bad(Quote.of(name) + " has a damaged extra field");
                }
                if (tag == 1) {
                    int p = extra + 4;
                    if (plain == 0xffffffffL && p <= fieldEnd - 8) {
                        plain = central.getLong(p);
                        p += 8;
                    }
                    if (packed == 0xffffffffL && p <= fieldEnd - 8) {
                        packed = central.getLong(p);
                        p += 8;
                    }
                    if (local == 0xffffffffL && p <= fieldEnd - 8) {
                        local = central.getLong(p);
                    }
                }
                extra = fieldEnd;
            }
            if ((flags & 1) != 0) {
                throw bad(Quote.of(name) + " is encrypted");
            }
            long data = locate(name, nameBytes, local, packed, dataEnd);
            if (method == 0 && packed != plain) {
                throw bad(Quote.of(name) + " is stored but claims two sizes, " + packed + " and " + plain);
            }
            if (entries.put(name, new Entry(name, data, packed, method == 0)) != null) {
                throw bad("two entries are named " + Quote.of(name));
            }
            at = next;
        }
    }

    private long locate(String name, byte[] nameBytes, long local, long packed, long dataEnd) {
        if (local < 0 || local > dataEnd - 30) {
            throw bad(Quote.of(name) + " is said to lie at byte " + local + ", outside the archive");
        }
        ByteBuffer header = file.map(local, 30);
        if (header.getInt(0) != LOCAL || u16(header, 26) != nameBytes.length) {
            throw bad(Quote.of(name) + " is not where the directory says");
        }
        long data = local + 30 + nameBytes.length + u16(header, 28);
        if (packed < 0 || data > dataEnd - packed) {
            throw bad(Quote.of(name) + " claims " + packed + " bytes at byte " + data + ", outside the archive");
        }
        ByteBuffer localName = file.map(local + 30, nameBytes.length);
        if (!localName.equals(ByteBuffer.wrap(nameBytes))) {
            throw bad(Quote.of(name) + " has another name in its local header");
        }
        return data;
    }

    private void checkName(String name) {
        boolean escapes = name.isEmpty()
                || name.length() > Names.LONGEST
                || name.startsWith("/")
                || name.indexOf('\\') >= 0
                || name.indexOf('\0') >= 0
                || name.indexOf(':') >= 0;
        for (String part : name.split("/", -1)) {
            escapes |= part.equals("..");
        }
        if (escapes) {
            throw bad("an entry has the name " + Quote.of(name) + ", which leaves the archive");
        }
    }

    private void checkNoOverlap() {
        List<Entry> byPosition = new ArrayList<>(entries.values());
        byPosition.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::size));
        long end = 0;
        for (Entry entry : byPosition) {
            if (entry.size > 0) {
                if (entry.offset < end) {
                    throw bad(Quote.of(entry.name) + " overlaps another entry");
                }
                end = entry.offset + entry.size;
            }
        }
    }

    private static int u16(ByteBuffer b, int at) {
        return Short.toUnsignedInt(b.getShort(at));
    }

    private static long u32(ByteBuffer b, int at) {
        return Integer.toUnsignedLong(b.getInt(at));
    }

    private MedleyException bad(String what) {
        return new MedleyException(file.name() + ": not a sound zip archive: " + what);
    }
}
