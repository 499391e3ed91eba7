package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Seeded mutations of sound files, read to the last element: only {@link MedleyException} and {@link IOException} may come out, and the process
 * must neither run out of memory nor hang. {@code -Dmedley.fuzz.rounds=N} runs more; {@code docs/results/fuzz.md} says how many were run.
 */
class CheckpointFuzzTest {
    private static final Path ARCHIVES = Path.of("src/test/resources/io/medley/checkpoint");
    private static final int ROUNDS = Integer.getInteger("medley.fuzz.rounds", 2000);
    private static final long SEED = Long.getLong("medley.fuzz.seed", 20261120);
    private static final long[] INTERESTING = {
        0,
        1,
        -1,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0xffff,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        1L << 40,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    @ParameterizedTest
    @ValueSource(strings = {"expected.safetensors", "training.pth", "training_legacy.pth", "scripted.pt"})
    @Timeout(3600) // against a hang, not a measurement
    void mutatedFilesAreReadOrRefused(String file, TestReporter reporter) throws Exception {
        byte[] sound = Files.readAllBytes(ARCHIVES.resolve(file));
        int interesting = interestingPart(file, sound);
        int opened = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(SEED + round);
            byte[] mutant = mutate(sound, interesting, random);
            try (Checkpoint checkpoint = Checkpoint.read(ByteBuffer.wrap(mutant), file)) {
                for (String name : checkpoint.names()) {
                    long expected = checkpoint.info(name).bytes();
                    Assertions.assertThat((long) checkpoint.bytes(name).remaining())
                            .isEqualTo(expected);
                }
                Inventory.of(checkpoint.unwrapped());
                opened++;
            } catch (MedleyException e) {
                Assertions.assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(2000);
            } catch (IOException e) {
                Assertions.assertThat(e).hasMessageContaining(file);
            } catch (Throwable e) {
                throw new AssertionError(file + ": round " + round + " of seed " + SEED, e);
            }
        }
        // Mutations of elements must still open, those of the structure mostly not; else the mutations test nothing.
        Assertions.assertThat(opened).isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 10);
        reporter.publishEntry(file, ROUNDS + " mutants, of which " + opened + " could still be read");
    }

    /** Half of the mutations fall into this many first bytes, where the structure of the formats without a directory lies. */
    private static int interestingPart(String file, byte[] sound) {
        return file.endsWith(".safetensors")
                ? 8
                        + (int) ByteBuffer.wrap(sound)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getLong()
                : sound.length;
    }

    private static byte[] mutate(byte[] sound, int part, Random random) {
        byte[] bytes = sound.clone();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            int at = random.nextInt(random.nextBoolean() ? Math.min(part, bytes.length) : bytes.length);
            switch (random.nextInt(16)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> overwrite(bytes, at, 4, random);
                case 3 -> overwrite(bytes, at, 8, random);
                case 4 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 5 -> bytes = spliced(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(16)), new byte[0]);
                case 6 -> {
                    int from = random.nextInt(bytes.length);
                    byte[] block =
                            Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(64)));
                    bytes = spliced(bytes, at, at, block);
                }
                default -> {
                    // The same length elsewhere: keeps offsets right, so that mutants get further.
                    int length = 1 + random.nextInt(8);
                    int from = random.nextInt(bytes.length);
                    for (int k = 0; k < length && at + k < bytes.length && from + k < bytes.length; k++) {
                        bytes[at + k] = bytes[from + k];
                    }
                }
            }
        }
        return bytes;
    }

    private static void overwrite(byte[] bytes, int at, int width, Random random) {
        long value = INTERESTING[random.nextInt(INTERESTING.length)];
        for (int k = 0; k < width && at + k < bytes.length; k++) {
            bytes[at + k] = (byte) (value >>> (8 * k));
        }
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] insert) {
        byte[] result = new byte[bytes.length - (to - from) + insert.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(insert, 0, result, from, insert.length);
        System.arraycopy(bytes, to, result, from + insert.length, bytes.length - to);
        return result.length == 0 ? new byte[1] : result;
    }
}
