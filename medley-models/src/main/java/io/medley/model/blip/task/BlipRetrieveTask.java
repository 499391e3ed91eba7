package io.medley.model.blip.task;

import io.medley.image.RgbImage;
import io.medley.model.Gate;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.blip.BlipReranking;
import io.medley.task.Pictures;
import io.medley.task.Rankings;
import io.medley.task.RetrievalOptions;
import io.medley.task.Retriever;
import io.medley.tensor.DType;
import io.medley.tensor.Tensor;
import io.medley.text.Captions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Retrieval as BLIP evaluates it, see {@link BlipReranking}; texts cleaned by {@code pre_caption} and cut to 35 tokens. */
final class BlipRetrieveTask implements Retriever {
    /** Partners kept of each when nothing is re-ranked. */
    private static final int KEPT = 128;

    private final Gate gate;
    private final BlipInputs inputs;
    private final BlipMatcher model;

    BlipRetrieveTask(Gate gate, BlipInputs inputs, BlipMatcher model) {
        this.gate = gate;
        this.inputs = inputs;
        this.model = model;
    }

    @Override
    public Rankings rank(Pictures pictures, List<String> texts, RetrievalOptions options) {
        Parts.requireTexts(texts, "text");
        if (pictures.size() == 0 || texts.isEmpty()) {
            return new Rankings(List.of(), List.of());
        }
        return gate.run(() -> {
            var clean = texts.stream().map(Captions::preCaption).toList();
            var encoded =
                    inputs.texts(clean, BlipInputs.TEXT_TOKENS, inputs.tokens().cls());
            var mask = encoded.mask() == null
                    ? Tensor.full(1, DType.INT64, encoded.ids().shape())
                    : encoded.mask();
            int kept = options.rerank() == 0 ? KEPT : options.rerank();
            var ofImage = collectors(pictures.size(), kept);
            var ofText = collectors(texts.size(), kept);
            new BlipReranking(model, inputs.tokens(), options)
                    .run(images(pictures), encoded.ids(), mask, (image, text, score, byImage, byText) -> {
                        if (byImage) {
                            ofImage.get(image).add(text, score);
                        }
                        if (byText) {
                            ofText.get(text).add(image, score);
                        }
                    });
            return new Rankings(
                    ofImage.stream().map(Best::ranked).toList(),
                    ofText.stream().map(Best::ranked).toList());
        });
    }

    private BlipReranking.Images images(Pictures pictures) {
        return new BlipReranking.Images() {
            @Override
            public int count() {
                return pictures.size();
            }

            @Override
            public Tensor embeds(int from, int count) {
                List<RgbImage> some = IntStream.range(from, from + count)
                        .mapToObj(pictures::get)
                        .toList();
                return model.vision().forward(inputs.pixels(some));
            }
        };
    }

    private static List<Best> collectors(int count, int kept) {
        var all = new ArrayList<Best>();
        for (int i = 0; i < count; i++) {
            all.add(new Best(kept));
        }
        return all;
    }

    /** The best so far of one query, in twice the space it may keep: sorted and halved when full. */
    private static final class Best {
        private final int kept;
        private int[] partners = new int[8];
        private float[] scores = new float[8];
        private int count;

        Best(int kept) {
            this.kept = kept;
        }

        void add(int partner, float score) {
            if (count == 2 * kept) {
                halve();
            }
            if (count == partners.length) {
                int room = Math.min(2 * kept, 2 * count);
                partners = Arrays.copyOf(partners, room);
                scores = Arrays.copyOf(scores, room);
            }
            partners[count] = partner;
            scores[count++] = score;
        }

        private void halve() {
            var best = sorted();
            System.arraycopy(best.partners(), 0, partners, 0, kept);
            System.arraycopy(best.scores(), 0, scores, 0, kept);
            count = kept;
        }

        private Rankings.Ranked sorted() {
            return Rankings.Ranked.of(Arrays.copyOf(partners, count), Arrays.copyOf(scores, count));
        }

        Rankings.Ranked ranked() {
            var best = sorted();
            int most = Math.min(kept, count);
            return new Rankings.Ranked(Arrays.copyOf(best.partners(), most), Arrays.copyOf(best.scores(), most));
        }
    }
}
