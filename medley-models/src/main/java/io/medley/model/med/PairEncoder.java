package io.medley.model.med;

import io.medley.nn.ActivationCheckpoint;
import io.medley.nn.Weights;
import io.medley.tensor.Shapes;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The text transformer of NLVR2: every layer looks at two images ({@code BertModel} of {@code models/nlvr_encoder.py}). */
public final class PairEncoder {
    private final MedConfig config;
    private final MedEmbeddings embeddings;
    private final List<PairLayer> layers = new ArrayList<>();

    public PairEncoder(Weights weights, MedConfig config) {
        this.config = config;
        this.embeddings = new MedEmbeddings(weights.at("embeddings"), config);
        for (int i = 0; i < config.layers(); i++) {
            layers.add(new PairLayer(weights.at("encoder.layer." + i), config, i));
        }
    }

    /**
     * Every token sees every other and both images.
     *
     * @param ids (B, T) int64
     * @param mask (B, T), ones where there is text; null when nothing is padded
     * @param image0 (B, N, encoderWidth)
     * @param image1 (B, N, encoderWidth)
     * @return (B, T, C)
     */
    public Tensor encode(Tensor ids, @Nullable Tensor mask, Tensor image0, Tensor image1) {
        Shapes.check("PairEncoder", image0, ids.size(0), -1, config.encoderWidth());
        Shapes.check("PairEncoder", image1, ids.size(0), -1, config.encoderWidth());
        var added = Masks.text(mask);
        var x = embeddings.forward(ids, 0);
        for (var layer : layers) {
            x = ActivationCheckpoint.segment(
                    List.of(x, image0, image1), in -> layer.forward(in.get(0), added, in.get(1), in.get(2)));
        }
        return x;
    }
}
