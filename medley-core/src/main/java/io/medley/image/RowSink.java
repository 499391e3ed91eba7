package io.medley.image;

/** Takes the rows of a resized picture, in order. */
interface RowSink {
    /** Row {@code y}, values 0..255, channel after channel (planar); the array is the caller's and is used again. */
    void row(int y, int[] planar);

    /** Rows as interleaved bytes, (H, W, channels). */
    static RowSink toBytes(byte[] out, int width, int channels) {
        return (y, planar) -> {
            for (int c = 0; c < channels; c++) {
                int to = y * width * channels + c;
                int from = c * width;
                for (int x = 0; x < width; x++, to += channels) {
                    out[to] = (byte) planar[from + x];
                }
            }
        };
    }
}
