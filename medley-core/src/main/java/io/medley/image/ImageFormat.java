package io.medley.image;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** File formats told by their first bytes; the file's extension is never asked. */
enum ImageFormat {
    JPEG("JPEG"),
    PNG("PNG"),
    WEBP("WebP"),
    BMP("BMP"),
    GIF("GIF"),
    TIFF("TIFF");

    /** First bytes (Latin-1) of what people pass by mistake, and its name. */
    private static final String[][] STRANGERS = {
        {"PK\3\4", "a ZIP archive"},
        {"PK\5\6", "an empty ZIP archive"},
        {"%PDF", "a PDF document"},
        {"\37\213", "a gzip archive"},
        {"BZh", "a bzip2 archive"},
        {"\375" + "7zXZ", "an xz archive"},
        {"(\265/\375", "a Zstandard archive"},
        {"7z\274\257", "a 7-Zip archive"},
        {"Rar!", "a RAR archive"},
        {"8BPS", "a Photoshop document"},
        {"\0\0\0\fjP", "a JPEG 2000 picture"},
        {"\377O\377Q", "a JPEG 2000 code stream"},
        {"\0\0\0\fJXL", "a JPEG XL picture"},
        {"\377\n", "a JPEG XL code stream"},
        {"\0\0\1\0", "a Windows icon"},
        {"\177ELF", "an ELF program"},
        {"MZ", "a Windows program"},
        {"\312\376\272\276", "a Java class file"},
        {"\32E\337\243", "a Matroska or WebM video"},
        {"OggS", "an Ogg stream"},
        {"ID3", "an MP3 file"},
        {"fLaC", "a FLAC file"},
        {"PAR1", "a Parquet file"},
        {"\223NUMPY", "a NumPy array"},
        {"SQLite format", "an SQLite database"},
        {"{\\rtf", "an RTF document"},
        {"version https://git-lfs", "a Git LFS pointer; fetch the file it stands for"},
        {"RIFF", "a RIFF file that is not WebP"},
    };

    private final String title;

    ImageFormat(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** The format of these bytes, or an error that says what they are instead. */
    static ImageFormat of(byte[] bytes, String name) {
        if (bytes.length == 0) {
            throw ImageErrors.of(name, "empty file; give a JPEG, PNG, WebP, BMP, GIF or TIFF");
        }
        ImageFormat format = sniff(bytes);
        if (format == null) {
            int shown = Math.min(4, bytes.length);
            String start = HexFormat.ofDelimiter(" ").formatHex(bytes, 0, shown);
            throw ImageErrors.of(
                    name,
                    "not an image (starts with " + start + ", " + stranger(bytes)
                            + "); give a JPEG, PNG, WebP, BMP, GIF or TIFF");
        }
        return format;
    }

    private static @Nullable ImageFormat sniff(byte[] bytes) {
        if (startsWith(bytes, 0, "\377\330\377")) {
            return JPEG;
        }
        if (startsWith(bytes, 0, "\211PNG\r\n\32\n")) {
            return PNG;
        }
        if (startsWith(bytes, 0, "RIFF") && startsWith(bytes, 8, "WEBP")) {
            return WEBP;
        }
        if (startsWith(bytes, 0, "GIF87a") || startsWith(bytes, 0, "GIF89a")) {
            return GIF;
        }
        if (startsWith(bytes, 0, "II*\0")
                || startsWith(bytes, 0, "MM\0*")
                || startsWith(bytes, 0, "II+\0")
                || startsWith(bytes, 0, "MM\0+")) {
            return TIFF;
        }
        // "BM" alone would also match text; bytes 6 to 9 are reserved and zero in practice, byte 14 is the size of the
        // next header.
        if (startsWith(bytes, 0, "BM") && (bytes.length < 18 || startsWith(bytes, 15, "\0\0\0"))) {
            return BMP;
        }
        return null;
    }

    private static String stranger(byte[] bytes) {
        for (String[] known : STRANGERS) {
            if (startsWith(bytes, 0, known[0])) {
                return known[1];
            }
        }
        if (startsWith(bytes, 4, "ftyp")) {
            return startsWith(bytes, 8, "avif")
                    ? "an AVIF picture"
                    : startsWith(bytes, 8, "hei") || startsWith(bytes, 8, "mif1") ? "a HEIF picture" : "an MP4 video";
        }
        int shown = Math.min(bytes.length, 512);
        boolean text = true;
        boolean zero = true;
        for (int i = 0; i < shown; i++) {
            text &= bytes[i] < 0 || bytes[i] >= 32 || (bytes[i] >= 9 && bytes[i] <= 13);
            zero &= bytes[i] == 0;
        }
        if (zero) {
            return "only zeros";
        }
        if (!text) {
            return "an unknown format";
        }
        String start = new String(bytes, 0, shown, StandardCharsets.UTF_8)
                .stripLeading()
                .toLowerCase(java.util.Locale.ROOT);
        if (start.startsWith("<!doctype html") || start.startsWith("<html")) {
            return "an HTML page";
        }
        if (start.startsWith("<svg") || start.contains("<svg")) {
            return "an SVG drawing";
        }
        if (start.startsWith("<?xml")) {
            return "an XML document";
        }
        return start.startsWith("{") || start.startsWith("[") ? "JSON text" : "text";
    }

    private static boolean startsWith(byte[] bytes, int offset, String latin1) {
        if (bytes.length < offset + latin1.length()) {
            return false;
        }
        for (int i = 0; i < latin1.length(); i++) {
            if ((bytes[offset + i] & 0xff) != latin1.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
