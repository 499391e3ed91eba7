package io.medley.image;

import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStreamImpl;

/** Bytes in memory for an ImageIO reader. Readers that go on and on behind the end, as some do on broken files, are stopped. */
final class BytesInput extends ImageInputStreamImpl {
    private static final int MAX_READS_BEHIND_END = 256;

    private final byte[] bytes;
    private int readsBehindEnd;

    BytesInput(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read() throws IIOException {
        bitOffset = 0;
        return streamPos < bytes.length ? bytes[(int) streamPos++] & 0xff : end();
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IIOException {
        java.util.Objects.checkFromIndexSize(offset, length, to.length);
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        if (streamPos >= bytes.length) {
            return end();
        }
        int count = (int) Math.min(length, bytes.length - streamPos);
        System.arraycopy(bytes, (int) streamPos, to, offset, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    private int end() throws IIOException {
        if (++readsBehindEnd > MAX_READS_BEHIND_END) {
            throw new IIOException("its data end too early");
        }
        return -1;
    }
}
