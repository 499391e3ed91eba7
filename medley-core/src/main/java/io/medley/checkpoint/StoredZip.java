package io.medley.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes a zip archive of stored entries whose data begin at multiples of 64 bytes, with the 64-bit extensions where the archive outgrows 4
 * GiB. (The JDK's writer neither aligns nor stores without being told the checksum.) Dates are fixed: the same entries give the same bytes.
 */
final class StoredZip {
    private static final int ALIGNMENT = 64;
    private static final short DATE_1980 = 0x21;

    private record Entry(byte[] name, long offset, int size, int crc) {}

    private final AtomicFile out;
    private final List<Entry> entries = new ArrayList<>();

    StoredZip(AtomicFile out) {
        this.out = out;
    }

    void add(String name, ByteBuffer data) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(data.duplicate());
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        long offset = out.position();
        Entry entry = new Entry(nameBytes, offset, data.remaining(), (int) crc.getValue());
        // An extra field of at least its own four bytes of header pads up to the alignment; torch calls it "FB".
        long unpadded = offset + 30 + nameBytes.length + 4;
        int padding = (int) ((ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT);
        ByteBuffer header =
                buffer(30 + nameBytes.length + 4 + padding).putInt(0x04034b50).putShort((short) 20);
        common(header, entry)
                .putShort((short) (4 + padding))
                .put(nameBytes)
                .put((byte) 'F')
                .put((byte) 'B')
                .putShort((short) padding);
        out.write(header.rewind());
        out.write(data);
        entries.add(entry);
    }

    void finish() throws IOException {
        long start = out.position();
        for (Entry entry : entries) {
            boolean far = entry.offset > 0xfffffffeL;
            ByteBuffer header = buffer(46 + entry.name.length + (far ? 12 : 0))
                    .putInt(0x02014b50)
                    .putShort((short) 45)
                    .putShort((short) (far ? 45 : 20));
            common(header, entry)
                    .putShort((short) (far ? 12 : 0))
                    .putShort((short) 0) // comment
                    .putShort((short) 0) // disk
                    .putShort((short) 0) // internal attributes
                    .putInt(0) // external attributes
                    .putInt((int) (far ? 0xffffffffL : entry.offset))
                    .put(entry.name);
            if (far) {
                header.putShort((short) 1).putShort((short) 8).putLong(entry.offset);
            }
            out.write(header.rewind());
        }
        long end = out.position();
        boolean large = start > 0xfffffffeL || entries.size() > 0xfffe;
        if (large) {
            out.write(buffer(56 + 20)
                    .putInt(0x06064b50)
                    .putLong(44)
                    .putShort((short) 45)
                    .putShort((short) 45)
                    .putInt(0)
                    .putInt(0)
                    .putLong(entries.size())
                    .putLong(entries.size())
                    .putLong(end - start)
                    .putLong(start)
                    .putInt(0x07064b50)
                    .putInt(0)
                    .putLong(end)
                    .putInt(1)
                    .rewind());
        }
        short count = (short) (large ? 0xffff : entries.size());
        out.write(buffer(22)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort(count)
                .putShort(count)
                .putInt((int) (large ? 0xffffffffL : end - start))
                .putInt((int) (large ? 0xffffffffL : start))
                .putShort((short) 0)
                .rewind());
    }

    /** The fields that local and central headers share, from the flags to the length of the name. */
    private static ByteBuffer common(ByteBuffer header, Entry entry) {
        return header.putShort((short) 0x0800) // names are UTF-8
                .putShort((short) 0) // stored
                .putShort((short) 0)
                .putShort(DATE_1980)
                .putInt(entry.crc)
                .putInt(entry.size)
                .putInt(entry.size)
                .putShort((short) entry.name.length);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
