package io.medley.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lying, truncated and mislabelled files get one clear line. */
class HostileSafetensorsTest {
    private static final String SOUND = "'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
            {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}}          | needs 8 bytes but has 12
            {'a':{'dtype':'F32','shape':[4],'data_offsets':[8,24]}}          | is said to lie at bytes 8 to 24 of 16
            {'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}           | is said to lie at bytes 8 to 0
            {'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}          | negative size or offset
            {'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}          | negative size or offset
            {'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]},'b':{'dtype':'F32','shape':[2],'data_offsets':[8,16]}} | 'b' begins at byte 8, inside another tensor
            {'a':{'dtype':'F32','shape':[2],'data_offsets':[8,16]}}          | after a gap
            {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}           | its tensors end at byte 8 of 16
            {'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,16]}} | impossible shape
            {'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,16]}}  | not valid JSON
            {'a':{'dtype':'F8_E4M3','shape':[16],'data_offsets':[0,16]}}     | 'a' has the type 'F8_E4M3'; supported are BF16, BOOL
            {'a':{'dtype':'F32','shape':[4]}}                                | lacks dtype, shape or two data_offsets
            {'a':{'dtype':'F32','shape':[4],'data_offsets':[0]}}             | lacks dtype, shape or two data_offsets
            {'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16],'code':'x'}} | unknown field 'code'
            {'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]},'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | Duplicate
            {'a':{'dtype':'F32','dtype':'F32','shape':[4],'data_offsets':[0,16]}} | Duplicate
            {'a':3}                                                          | should be START_OBJECT but is VALUE_NUMBER_INT
            {'__metadata__':{'x':1},'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | should be VALUE_STRING
            {'':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}           | 0 characters
            {'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} {}       | goes on after the closing brace
            {'a':                                                            | not valid JSON
            """)
    void aLyingHeaderIsRefusedWithTheReason(String header, String reason) {
        assertThatThrownBy(() -> read(file(header, 16)))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining(reason)
                .satisfies(e ->
                        assertThat(e.getMessage()).startsWith("x.safetensors: ").doesNotContain("\n"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 30, 1L << 38, 100_000_001L, 4096})
    void aHeaderOfGigabytesIsNotBelieved(long claimed) {
        byte[] bytes = file("{" + SOUND + "}", 8);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(claimed);
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("its header claims " + claimed + " bytes");
    }

    @Test
    void deepNestingEndsInOneLine() {
        assertThatThrownBy(() -> read(file("{'a':" + "[".repeat(100_000), 0)))
                .isInstanceOf(MedleyException.class)
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> read(file("{'a':" + "{'b':".repeat(100_000), 0)))
                .isInstanceOf(MedleyException.class);
    }

    @Test
    void everyTruncationIsFoundOut() throws Exception {
        byte[] whole = Files.readAllBytes(Path.of("src/test/resources/io/medley/checkpoint/expected.safetensors"));
        try (Checkpoint sound = read(whole)) {
            assertThat(sound.names()).isNotEmpty();
        }
        for (int length = 0; length < whole.length; length++) {
            try {
                read(Arrays.copyOf(whole, length)).close();
                fail("the first " + length + " bytes count as a whole file");
            } catch (MedleyException expected) {
                assertThat(expected.getMessage()).startsWith("x.");
            }
        }
    }

    @Test
    void anyElementIsAllowedAndMisalignedOnesAreCopied() throws Exception {
        byte[] bytes = file("{" + SOUND + "} ", 8); // the header's length makes the elements misaligned
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 8, Float.NaN);
        Path path = Files.write(directory.resolve("odd.safetensors"), bytes);
        try (Checkpoint odd = Checkpoint.open(path);
                Scope scope = Scope.open()) {
            assertThat(odd.bytes("a").alignmentOffset(0, 4)).isNotZero();
            assertThat(odd.load("a").toFloats()).containsExactly(Float.NaN, 0);
        }
    }

    @Test
    void aTensorOutlivesItsClosedCheckpoint() throws Exception {
        Path path = Files.write(directory.resolve("a.safetensors"), file("{" + SOUND + "}", 8));
        try (Scope scope = Scope.open()) {
            Checkpoint checkpoint = Checkpoint.open(path);
            var tensor = checkpoint.load("a");
            checkpoint.close();
            assertThat(tensor.toFloats()).containsExactly(0, 0);
            assertThatThrownBy(() -> checkpoint.load("a"))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("has been closed");
        }
    }

    @Test
    void filesOverTwoGigabytesAreRead() throws Exception {
        long block = 1L << 30;
        String header = "{'a':{'dtype':'U8','shape':[" + block + "],'data_offsets':[0," + block + "]},"
                + "'b':{'dtype':'U8','shape':[" + block + "],'data_offsets':[" + block + "," + 2 * block + "]},"
                + "'c':{'dtype':'I64','shape':[1],'data_offsets':[" + 2 * block + "," + (2 * block + 8) + "]}}";
        byte[] start = file(header, 0);
        Path path = directory.resolve("large.safetensors");
        // Written in three places only: the file system keeps the rest as a hole.
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(start.length + 2 * block + 8);
            file.write(start);
            file.seek(start.length + 2 * block - 1);
            file.write(new byte[] {9, 7});
        }
        try (Checkpoint large = Checkpoint.open(path);
                Scope scope = Scope.open()) {
            assertThat(large.load("c").toLongs()).containsExactly(7);
            assertThat(large.bytes("b").get((int) block - 1)).isEqualTo((byte) 9);
            assertThat(large.load("b").narrow(0, block - 2, 2).toLongs()).containsExactly(0, 9);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            version https://git-lfs.github.com/spec/v1 | a Git LFS pointer
            <!DOCTYPE html><html>                      | an HTML page
            {"weights": {}}                            | JSON where a file of tensors should be
            hello, world                               | 12 bytes that start with 68 65 6c 6c 6f 2c 20 77
            """)
    void otherKindsOfFilesAreNamed(String content, String kind) throws Exception {
        assertThatThrownBy(() -> read(content.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("not a checkpoint (" + kind);
        Path file = Files.writeString(directory.resolve("x.bin"), content);
        assertThatThrownBy(() -> Checkpoint.open(file)).isInstanceOf(MedleyException.class);
    }

    @Test
    void missingAndEmptyPathsAreNamed() throws Exception {
        assertThatThrownBy(() -> Checkpoint.open(directory.resolve("no.pth")))
                .isInstanceOf(MedleyException.class)
                .hasMessageEndingWith("no.pth: no such file");
        assertThatThrownBy(() -> Checkpoint.open(directory)).hasMessageContaining("no weights in this directory");
        Path empty = Files.createFile(directory.resolve("empty.pt"));
        assertThatThrownBy(() -> Checkpoint.open(empty)).hasMessageEndingWith("an empty file");
        Files.createFile(directory.resolve("other.pt"));
        assertThatThrownBy(() -> Checkpoint.open(directory)).hasMessageContaining("several files of weights");
    }

    private static Checkpoint read(byte[] bytes) throws IOException {
        return Checkpoint.read(ByteBuffer.wrap(bytes), "x.safetensors");
    }

    private static byte[] file(String header, int data) {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }
}
