package io.medley.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.medley.tensor.MedleyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile pickles and archives: nothing is run, nothing is believed, and the refusal is one line that names the reason. */
class HostileTorchTest {
    private static final Path ARCHIVES = Path.of("src/test/resources/io/medley/checkpoint");

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "posix, system",
        "nt, system",
        "builtins, eval",
        "__builtin__, exec",
        "builtins, getattr",
        "builtins, __import__",
        "subprocess, Popen",
        "torch, load",
        "torch.storage, _load_from_bytes",
        "torch._utils, _import_dotted_name",
        "numpy.core.multiarray, _reconstruct",
        "runpy, _run_code",
        "functools, partial",
        "operator, attrgetter",
        "transformers.trainer, TrainingArguments"
    })
    void whatIsNotPlainDataIsRefusedByName(String module, String name) {
        String call = "c" + module + "\n" + name + "\n";
        String named = "refused: it asks for '" + module + "." + name + "', which is not plain data";
        assertRefused(call + "(X\u0004\0\0\0truetR.", named);
        assertRefused("}X\u0001\0\0\0k" + call + "s.", named); // never called, refused all the same
        byte[] stackGlobal = concat(text(module), text(name), new byte[] {(byte) 0x93, '.'});
        assertThatThrownBy(() -> open(zip(stackGlobal))).hasMessageContaining(named);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cbuiltins\nobject\n)R.", // an inert name, called
                "cbuiltins\ndict\n)R.",
                "c__torch__.os\nsystem\n(X\u0004\0\0\0truetR.", // TorchScript's names make data, never calls
                "ctorch\nFloatStorage\n)R.",
                "ccollections\nOrderedDict\n)\u0081(K\u0001K\u0002tb.",
                "(K\u0001ibuiltins\neval\n.",
                "(S'x'\nios\nsystem\n.",
                "P1\n.",
                "X\u0001\0\0\0xQ.",
                "\u0082\u0001."
            })
    void namesAreNeverCalledAndOldWaysIn(String pickle) {
        assertThatThrownBy(() -> open(zip(latin(pickle)))).isInstanceOf(MedleyException.class);
    }

    @Test
    void deepNestingIsRefused() {
        assertRefused("]".repeat(500_000) + "a".repeat(499_999) + ".", "nests more than 100 deep");
        assertRefused("(".repeat(1_000_001), "pile up more than 1000000 deep");
        assertRefused("]q\0h\0a.", "nests more than 100 deep"); // a list that holds itself
        assertRefused(")" + "\u0085".repeat(500_000) + ".", "nests more than 100 deep");
    }

    @Test
    void memoBombsAreRefused() {
        // Each list holds the last one twice: 2^60 values when unfolded.
        StringBuilder doubling = new StringBuilder("]q\0");
        for (int i = 1; i <= 60; i++) {
            doubling.append("0](h")
                    .append((char) (i - 1))
                    .append('h')
                    .append((char) (i - 1))
                    .append("eq")
                    .append((char) i);
        }
        assertRefused(doubling + ".", "unfolds to more than");
        // The same as tuples, used as a dictionary's key: hashing must not unfold them.
        StringBuilder tuples = new StringBuilder(")q\0");
        for (int i = 1; i <= 60; i++) {
            tuples.append("0h")
                    .append((char) (i - 1))
                    .append('h')
                    .append((char) (i - 1))
                    .append("\u0086q")
                    .append((char) i);
        }
        assertRefused("}" + tuples + "N" + "s.", "a key that is no plain value");
        // One long text encoded again and again.
        String text = "X\0\0\u0010\0" + "a".repeat(1 << 20) + "q\0" + "0]q\u0001";
        assertRefused(text + "(c_codecs\nencode\nh\0\u0085R".repeat(64) + "e.", "makes more than");
        assertRefused("]r\u00ff\u00ff\u00ff\u00ffj\u00ff\u00ff\u00ff\u007f.", "memo 2147483647 was never filled");
        assertRefused("K\u0001" + "2".repeat(9_000_000), "pile up more than");
        assertRefused("K\u0001" + "20".repeat(9_000_000), "makes more than 8000000 values");
    }

    @ParameterizedTest
    @CsvSource({
        "'X\u00ff\u00ff\u00ff\u007fabc', ends too early",
        "'\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffabc', negative length",
        "'\u008e\0\0\0\0\u0001\0\0\0abc', ends too early",
        "'\u008b\u0001\u0010\0\0', ends too early",
        "'', ends too early",
        "'.', nothing on the stack",
        "'KaKb.', values left over",
        "'t.', no mark",
        "'(.', nothing on the stack",
        "'K\u0001K\u0002a.', no list",
        "'K\u0001K\u0002K\u0003s.', no dictionary",
        "'}(K\u0001u.', without a value",
        "'K\u0001K\u0002R.', not a name",
        "'\u0080\u0000.', protocol 0",
        "'I12x\n.', a number that is none",
        "'\u00ff', unknown opcode ff"
    })
    void damagedPicklesAreCalledThat(String pickle, String reason) {
        assertThatThrownBy(() -> open(zip(latin(pickle))))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("damaged pickle")
                .hasMessageContaining(reason);
    }

    @Test
    void tensorsMustLieInTheirStorages() throws Exception {
        try (Checkpoint sound = open(zip(tensor("0", 2, 0, 2, 1)))) {
            assertThat(sound.bytes("w").getFloat(4)).isEqualTo(2f);
        }
        assertOutside(tensor("0", 2, 1, 2, 1), "reaches outside its storage of 8 bytes");
        assertOutside(tensor("0", 2, 0, 2, 2), "reaches outside its storage of 8 bytes");
        assertOutside(tensor("0", 3, 0, 3, 1), "reaches outside its storage's 8 bytes in the file");
        assertOutside(tensor("0", 2, -1, 2, 1), "is impossible");
        assertOutside(tensor("0", 2, 0, -2, 1), "is impossible");
        assertOutside(tensor("0", 2, 0, 2, -1), "is impossible");
        assertOutside(tensor("0", Integer.MAX_VALUE, Integer.MAX_VALUE, 2, Integer.MAX_VALUE), "reaches outside");
        assertOutside(tensor("0", 2, 0, Integer.MAX_VALUE, 0), "repeats a storage of 8 bytes to 8589934588");
        assertOutside(tensor("0", -1, 0, 0, 0), "a storage of -1 elements");
        assertOutside(tensor("7", 2, 0, 2, 1), "the storage '7' is not in the archive");
        assertOutside(tensor("../../etc/passwd", 2, 0, 2, 1), "is not in the archive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "a/../../evil", "/etc/passwd", "a\\b", "C:evil"})
    void entriesThatEscapeAreRefused(String name) throws Exception {
        byte[] bytes = zipOf("x/data.pkl", latin("}."), name, new byte[1]);
        assertThatThrownBy(() -> open(bytes))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("an entry has the name ")
                .hasMessageContaining("which leaves the archive");
    }

    @Test
    void otherArchivesAreNamed() throws Exception {
        assertThatThrownBy(() -> open(zipOf("a.txt", new byte[1], "b.txt", new byte[1])))
                .hasMessageContaining("not a checkpoint (a zip archive with no data.pkl");
        assertThatThrownBy(() -> open(zipOf("a/data.pkl", latin("}."), "b/data.pkl", latin("}."))))
                .hasMessageContaining("more than one data.pkl");
        assertThatThrownBy(() -> open(zipOf("a/data.pkl", latin("}."), "a/byteorder", latin("big"))))
                .hasMessageContaining("not little-endian");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(packed)) {
            zip.putNextEntry(new ZipEntry("a/data.pkl"));
            zip.write(new byte[1000]);
        }
        assertThatThrownBy(() -> open(packed.toByteArray())).hasMessageContaining("'a/data.pkl' is compressed");
    }

    @Test
    void aLyingDirectoryIsFoundOut() throws Exception {
        byte[] sound = zipOf("a/data.pkl", latin("}."), "a/data/0", new byte[8]);
        open(sound).close();
        int central = indexOf(sound, new byte[] {'P', 'K', 1, 2}, 0);
        int second = indexOf(sound, new byte[] {'P', 'K', 1, 2}, central + 4);
        int end = indexOf(sound, new byte[] {'P', 'K', 5, 6}, 0);
        assertDamaged(sound, second + 42, 0x7fffffff, "is said to lie at byte");
        assertDamaged(sound, second + 42, 3, "is not where the directory says");
        assertDamaged(sound, second + 20, 1 << 30, "claims 1073741824 bytes");
        assertDamaged(sound, second + 24, 9, "claims two sizes");
        assertDamaged(sound, second + 8, 1, "is encrypted");
        assertDamaged(sound, second + 28, 0xffff, "directory is damaged at entry 1");
        assertDamaged(sound, end + 12, 1 << 29, "its directory claims 2 entries in 536870912 bytes");
        assertDamaged(sound, end + 12, 1 << 20, "directory is said to lie");
        assertDamaged(sound, end + 16, 0x7fffffff, "directory is said to lie");
        assertDamaged(sound, end + 16, -1, "64-bit directory is missing");
        assertDamaged(sound, end + 10, 0x1000, "directory is damaged at entry 2");
        // Two entries of one name.
        byte[] same = zipOf("a/data.pkl", latin("}."), "a/data.pkx", latin("}."));
        same[indexOf(same, latin("a/data.pkx"), 0) + 9] = 'l';
        same[indexOf(same, latin("a/data.pkx"), 0) + 9] = 'l';
        assertThatThrownBy(() -> open(same)).hasMessageContaining("two entries are named 'a/data.pkl'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"scripted.pt", "training_legacy.pth"})
    void everyTruncationIsFoundOut(String file) throws Exception {
        byte[] whole = Files.readAllBytes(ARCHIVES.resolve(file));
        for (int length = 0; length < whole.length; length++) {
            try {
                open(Arrays.copyOf(whole, length)).close();
                fail("the first " + length + " bytes count as a whole file");
            } catch (MedleyException expected) {
                assertThat(expected.getMessage()).startsWith("x.");
            }
        }
    }

    @Test
    void refusalsAreOneLineWhateverTheNameHolds() {
        byte[] name =
                concat(text("os\n\u001b[31m\u2028" + "x".repeat(5000)), text("system"), new byte[] {(byte) 0x93, '.'});
        assertThatThrownBy(() -> open(zip(name)))
                .isInstanceOf(MedleyException.class)
                .satisfies(e -> assertThat(e.getMessage())
                        .doesNotContain("\n", "\u001b", "\u2028")
                        .hasSizeLessThan(600));
    }

    private void assertOutside(byte[] pickle, String reason) {
        assertThatThrownBy(() -> open(zip(pickle)))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining(reason);
    }

    private void assertRefused(String pickle, String reason) {
        assertThatThrownBy(() -> open(zip(latin(pickle))))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(e.getMessage()).startsWith("x.pth: ").doesNotContain("\n"));
    }

    private static void assertDamaged(byte[] sound, int at, int value, String reason) {
        byte[] damaged = sound.clone();
        ByteBuffer buffer = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
        if (value == 1 || value == 0xffff || value == 0x1000) {
            buffer.putShort(at, (short) value);
        } else {
            buffer.putInt(at, value);
        }
        assertThatThrownBy(() -> open(damaged))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining(reason);
    }

    private static Checkpoint open(byte[] bytes) throws IOException {
        return Checkpoint.read(ByteBuffer.wrap(bytes), "x.pth");
    }

    /** {@code {'w': a float tensor of one dimension}}. */
    private static byte[] tensor(String key, int elements, int offset, int size, int stride) {
        return concat(
                latin("}"),
                text("w"),
                latin("ctorch._utils\n_rebuild_tensor_v2\n(("),
                text("storage"),
                latin("ctorch\nFloatStorage\n"),
                text(key),
                text("cpu"),
                int32(elements),
                latin("tQ"),
                int32(offset),
                int32(size),
                latin("\u0085"),
                int32(stride),
                latin("\u0085\u0089NtRs."));
    }

    private static byte[] int32(int value) {
        return ByteBuffer.allocate(5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 'J')
                .putInt(value)
                .array();
    }

    private static byte[] text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + utf8.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 'X')
                .putInt(utf8.length)
                .put(utf8)
                .array();
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** An archive with this pickle and a storage '0' of the floats 1 and 2. */
    private byte[] zip(byte[] pickle) throws IOException {
        return zipOf(
                "x/data.pkl",
                pickle,
                "x/data/0",
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(1)
                        .putFloat(2)
                        .array());
    }

    private byte[] zipOf(String name, byte[] data, String otherName, byte[] otherData) throws IOException {
        Path path = directory.resolve("made.zip");
        try (AtomicFile out = new AtomicFile(path)) {
            StoredZip zip = new StoredZip(out);
            zip.add(name, ByteBuffer.wrap(data));
            zip.add(otherName, ByteBuffer.wrap(otherData));
            zip.finish();
            out.commit();
        }
        return Files.readAllBytes(path);
    }

    private static int indexOf(byte[] bytes, byte[] wanted, int from) {
        for (int i = from; i <= bytes.length - wanted.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }
}
