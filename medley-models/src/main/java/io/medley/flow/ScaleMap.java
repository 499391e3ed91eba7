package io.medley.flow;

import io.medley.tensor.Tensor;

/** What turns a network's output h into the logarithm of a positive scale. */
public enum ScaleMap {
    /** eʰ: RealNVP, normflows' {@code exp}. */
    EXP {
        @Override
        Tensor logScale(Tensor h) {
            return h;
        }
    },
    /** 1/σ(h+2): Glow written from noise to data, normflows' {@code sigmoid}. */
    SIGMOID {
        @Override
        Tensor logScale(Tensor h) {
            return h.add(2).neg().softplus();
        }
    },
    /** σ(h+2): normflows' {@code sigmoid_inv}. */
    SIGMOID_INV {
        @Override
        Tensor logScale(Tensor h) {
            return h.add(2).neg().softplus().neg();
        }
    },
    /** σ(h+2) + 0.001, so never more than 1.001: nflows' default. */
    SIGMOID_FLOOR {
        @Override
        Tensor logScale(Tensor h) {
            return h.add(2).sigmoid().add(FLOOR).log();
        }
    },
    /** softplus(h) + 0.001, at most 3: nflows' {@code GENERAL_SCALE_ACTIVATION}. */
    SOFTPLUS_CLAMPED {
        @Override
        Tensor logScale(Tensor h) {
            return h.softplus().add(FLOOR).clamp(0, 3).log();
        }
    },
    /** softplus(h) + 0.001: nflows' masked autoregressive transform. */
    SOFTPLUS {
        @Override
        Tensor logScale(Tensor h) {
            return h.softplus().add(FLOOR).log();
        }
    },
    /** exp(h / (1 + |h / ln 0.001|)), which stays within 0.001 and 1000: zuko's. */
    SOFT_CLIP {
        @Override
        Tensor logScale(Tensor h) {
            return softClip(h, 1);
        }
    },
    /** exp(2·tanh(h/2)), which stays within 0.135 and 7.4, and is eʰ near 0: RealNVP's bounded scale with its factor fixed. */
    TANH {
        @Override
        Tensor logScale(Tensor h) {
            return h.mul(0.5).tanh().mul(2);
        }
    };

    private static final double FLOOR = 1e-3;

    /** The logarithm of the scale, shaped like {@code h}. */
    abstract Tensor logScale(Tensor h);

    /** h / (1 + |factor·h / ln 0.001|): never beyond ±ln 1000 / factor. */
    static Tensor softClip(Tensor h, double factor) {
        return h.div(h.mul(factor / Math.log(FLOOR)).abs().add(1));
    }
}
