package io.medley.flow;

import io.medley.nn.Weights;
import io.medley.tensor.Generator;

/** A flow written down: what it is made of, and nothing learnt. */
public sealed interface FlowConfig
        permits PlanarConfig,
                RadialConfig,
                NiceConfig,
                RealNvpConfig,
                RealNvpImageConfig,
                SplineConfig,
                GlowConfig,
                GlowVectorConfig {

    /**
     * The flow with parameters from {@code weights}, leading from data to noise.
     *
     * @param noise what dequantisation draws from; flows over real numbers leave it alone
     */
    Flow build(Weights weights, Generator noise);
}
