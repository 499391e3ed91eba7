package io.medley.model.blip.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.decode.Decoder;
import io.medley.image.RgbImage;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFiles;
import io.medley.task.Caption;
import io.medley.task.CaptionOptions;
import io.medley.task.Model;
import io.medley.task.SharedEncoding;
import io.medley.task.SharedEncoding.Use;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One encoding for captions and scores gives what the tasks give that encode for themselves. */
class BlipSharedEncodingTest {
    private static final List<RgbImage> PICTURES =
            LongStream.range(0, 5).mapToObj(TinyBlip::picture).toList();

    @TempDir
    Path folder;

    private Model load(BlipDirectory.Part... parts) throws IOException {
        var directory = TinyBlip.write(folder.resolve("model"), TinyBlip.config("a picture of "), parts);
        return new BlipFamily().load(ModelFiles.at("tiny", directory), LoadOptions.DEFAULT);
    }

    private static List<float[]> prepared(SharedEncoding shared) {
        return PICTURES.stream().map(shared::prepare).toList();
    }

    @Test
    void captionsAreThoseOfTheCaptioner() throws IOException {
        for (var part : List.of(BlipDirectory.Part.PRETRAIN, BlipDirectory.Part.CAPTION)) {
            try (var model = load(part)) {
                var shared = model.sharedEncoding().orElseThrow();
                var options = CaptionOptions.nucleus(0.9, 3, 7);
                try (var images = shared.encode(prepared(shared), EnumSet.of(Use.CAPTION))) {
                    assertThat(texts(shared.caption(images, options, new long[5])))
                            .isEqualTo(texts(model.captioner().orElseThrow().caption(PICTURES, options)));
                }
            }
        }
    }

    @Test
    void aKeyIsAllThatSetsTheDrawsOfAPictureApart() throws IOException {
        try (var model = load(BlipDirectory.Part.PRETRAIN)) {
            var shared = model.sharedEncoding().orElseThrow();
            var options = CaptionOptions.nucleus(0.9, 4, 7);
            var same = List.of(shared.prepare(PICTURES.get(0)), shared.prepare(PICTURES.get(0)));
            long[] keys = {Decoder.key("one"), Decoder.key("two")};
            try (var images = shared.encode(same, EnumSet.of(Use.CAPTION));
                    var alone = shared.encode(same.subList(1, 2), EnumSet.of(Use.CAPTION))) {
                var captions = texts(shared.caption(images, options, keys));
                assertThat(captions.get(0)).isNotEqualTo(captions.get(1));
                assertThat(texts(shared.caption(alone, options, new long[] {keys[1]}))
                                .get(0))
                        .isEqualTo(captions.get(1));
            }
        }
    }

    @Test
    void aWriterWritesTheSameOfPicturesThatComeOneAfterAnother() throws IOException {
        try (var model = load(BlipDirectory.Part.PRETRAIN)) {
            var shared = model.sharedEncoding().orElseThrow();
            for (var options : List.of(
                    CaptionOptions.greedy(), CaptionOptions.nucleus(0.9, 1, 7), CaptionOptions.nucleus(0.9, 3, 7))) {
                var expected = new ArrayList<Caption>();
                var written = new TreeMap<Integer, List<Caption>>();
                try (var images = shared.encode(prepared(shared), EnumSet.of(Use.CAPTION));
                        var writer = shared.writer(options, 2)) {
                    for (int i = 0; i < 20 || !writer.isIdle(); writer.step()) {
                        for (; i < 20 && writer.hasRoom(); i++) {
                            int turn = i;
                            writer.enter(images, turn % 5, turn, captions -> written.put(turn, captions));
                        }
                    }
                    for (int round = 0; round < 4; round++) {
                        long first = 5 * round;
                        var keys = LongStream.range(first, first + 5).toArray();
                        shared.caption(images, options, keys).forEach(expected::addAll);
                    }
                }
                var all = written.values().stream().flatMap(List::stream).toList();
                assertThat(all).hasSameSizeAs(expected);
                for (int i = 0; i < all.size(); i++) {
                    assertThat(all.get(i).text()).isEqualTo(expected.get(i).text());
                    assertThat(all.get(i).score()).isCloseTo(expected.get(i).score(), within(1e-4));
                }
            }
            assertThatThrownBy(() -> shared.writer(CaptionOptions.beam(3), 2))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("beam search");
        }
    }

    @Test
    void scoresAreThoseOfTheMatcherHoweverManyTextsAPictureHas() throws IOException {
        for (var part : List.of(BlipDirectory.Part.PRETRAIN, BlipDirectory.Part.ITM)) {
            try (var model = load(part)) {
                var shared = model.sharedEncoding().orElseThrow();
                var all =
                        List.of("a red cat", "two dogs on the grass", "A Picture: of a dog!", "blue", "the cat is red");
                var texts = new ArrayList<List<String>>();
                for (int i = 0; i < PICTURES.size(); i++) {
                    var some = new ArrayList<String>();
                    for (int copies = 0; copies < (i == 3 ? 20 : 1); copies++) {
                        some.addAll(all.subList(0, i));
                    }
                    texts.add(some);
                }
                try (var images = shared.encode(prepared(shared), EnumSet.of(Use.MATCH))) {
                    var scores = shared.match(images, texts);
                    for (int i = 0; i < PICTURES.size(); i++) {
                        assertThat(scores.get(i)).hasSize(texts.get(i).size());
                        for (int t = 0; t < texts.get(i).size(); t++) {
                            var match = model.matcher()
                                    .orElseThrow()
                                    .pairs(
                                            List.of(PICTURES.get(i)),
                                            List.of(texts.get(i).get(t)))
                                    .get(0);
                            assertThat(scores.get(i).get(t).probability()).isCloseTo(match.probability(), within(1e-5));
                            assertThat(scores.get(i).get(t).cosine()).isCloseTo(match.cosine(), within(1e-5));
                        }
                    }
                }
            }
        }
    }

    @Test
    void headsTunedApartEncodeApart() throws IOException {
        try (var model = load(BlipDirectory.Part.CAPTION, BlipDirectory.Part.ITM)) {
            var shared = model.sharedEncoding().orElseThrow();
            var options = CaptionOptions.nucleus(0.9, 1, 7);
            try (var images = shared.encode(prepared(shared), shared.uses())) {
                assertThat(texts(shared.caption(images, options, new long[5])))
                        .isEqualTo(texts(model.captioner().orElseThrow().caption(PICTURES, options)));
                var match = model.matcher()
                        .orElseThrow()
                        .pairs(PICTURES.subList(2, 3), List.of("a red cat"))
                        .get(0);
                var texts = PICTURES.stream().map(p -> List.of("a red cat")).toList();
                assertThat(shared.match(images, texts).get(2).get(0).probability())
                        .isCloseTo(match.probability(), within(1e-5));
            }
        }
    }

    @Test
    void memoryOfEncodingsEndsWhenTheyAreClosed() throws IOException {
        try (var model = load(BlipDirectory.Part.PRETRAIN)) {
            var shared = model.sharedEncoding().orElseThrow();
            var many = new ArrayList<float[]>();
            for (int i = 0; i < 64; i++) {
                many.add(shared.prepare(PICTURES.get(i % 5)));
            }
            long before = 0;
            for (int round = 0; round < 300; round++) {
                shared.encode(many, shared.uses()).close();
                before = round == 100 ? Engine.residentBytes() : before;
            }
            // 64 pictures hold 2.5 MB of keys and values: 200 of them kept would be 500 MB.
            assertThat(Engine.residentBytes() - before).isLessThan(100L << 20);
        }
    }

    @Test
    void whatAModelLacksIsSaid() throws IOException {
        try (var model = load(BlipDirectory.Part.CAPTION)) {
            var shared = model.sharedEncoding().orElseThrow();
            assertThat(shared.uses()).containsExactly(Use.CAPTION);
            assertThatThrownBy(() -> shared.encode(prepared(shared), EnumSet.of(Use.MATCH)))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("filter");
            assertThatThrownBy(() -> shared.encode(List.of(new float[3]), EnumSet.of(Use.CAPTION)))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("another model");
        }
    }

    private static List<List<String>> texts(List<List<Caption>> captions) {
        return captions.stream()
                .map(some -> some.stream().map(Caption::text).toList())
                .toList();
    }
}
