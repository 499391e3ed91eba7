package io.medley.model.dit.task;

import io.medley.model.dit.Dit;
import io.medley.model.latent.LatentDecoder;
import io.medley.model.med.MedEncoder;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import io.medley.text.Padding;
import io.medley.text.Tokenizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transformer, who reads captions to it (an encoder of its own, or a text transformer under {@code text_encoder} that learnt to read
 * elsewhere and stays as it is), and who makes pictures of what it draws, where that is a latent.
 */
public final class CaptionedDit {
    /** Where the weights of a text transformer from elsewhere are. */
    public static final String TEXT = "text_encoder";

    /** Where the weights of the decoder of a latent are. */
    public static final String DECODER = "decoder";

    private final Dit network;
    private final @Nullable LatentDecoder decoder;
    private final @Nullable MedEncoder reader;
    private final int length;

    public CaptionedDit(Weights weights, DitDirectory directory) {
        this.network = new Dit(weights, directory.config());
        this.reader = directory
                .reader()
                .map(config -> new MedEncoder(weights.at(TEXT).frozen(), config))
                .orElse(null);
        this.decoder = directory
                .latent()
                .map(config -> new LatentDecoder(weights.at(DECODER).frozen(), config))
                .orElse(null);
        this.length = directory.captionLength();
    }

    public Dit network() {
        return network;
    }

    /** What the network has drawn, (B, channels, S, S), as pictures (B, 3, S', S') of about −1 to 1. */
    Tensor pictures(Tensor drawn) {
        return decoder == null ? drawn : decoder.forward(drawn);
    }

    /** What captions tell the network; each is padded to the one length there is, so it means the same in every batch. */
    public Dit.Told told(Tokenizer tokenizer, List<String> captions) {
        var batch = tokenizer.encode(captions, Padding.to(length));
        var ids = Tensor.of(batch.ids(), batch.rows(), batch.length()); // (B, T)
        if (reader == null) {
            return network.captions(ids);
        }
        var mask = Tensor.of(batch.attentionMask(), batch.rows(), batch.length()); // (B, T)
        return network.features(read(reader, ids, mask));
    }

    /** (B, T, W), 0 at padding. */
    private static Tensor read(MedEncoder reader, Tensor ids, Tensor mask) {
        try (var off = NoGrad.open()) {
            return reader.encode(ids, mask, null).mul(mask.to(DType.FLOAT32).unsqueeze(-1));
        }
    }
}
