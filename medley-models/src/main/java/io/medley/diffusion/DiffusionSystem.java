package io.medley.diffusion;

import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.List;

/**
 * A generative model without its network: everything that training and sampling need to know. All systems of the literature are values of
 * this record.
 *
 * @param name as the command line calls it
 * @param path from data to noise
 * @param prediction what the network's output means
 * @param inputScale how the network's input is scaled
 * @param timeInput what the network is told about time
 * @param timeSampler which times training sees
 * @param weight factor of the squared error of the prediction
 */
public record DiffusionSystem(
        String name,
        ProbabilityPath path,
        Prediction prediction,
        InputScale inputScale,
        TimeInput timeInput,
        TimeSampler timeSampler,
        LossWeight weight) {

    /** DDPM (Ho et al., 2020): 1000 steps, β linear from 1e-4 to 0.02, ε-prediction, the network gets the index. */
    public static DiffusionSystem ddpm() {
        var products = BetaSchedule.alphasCumprod(BetaSchedule.linear(1e-4, 0.02, 1000));
        return new DiffusionSystem(
                "ddpm",
                Paths.discrete(products),
                Prediction.EPSILON,
                InputScale.NONE,
                TimeInput.TIME,
                new TimeSampler.Indices(),
                LossWeight.ONE);
    }

    /** The VP SDE (Song et al., 2021) with β from 0.1 to 20 and ε-prediction; the network gets 999·t. */
    public static DiffusionSystem scoreVp() {
        return new DiffusionSystem(
                "score-vp",
                Paths.variancePreserving(0.1, 20),
                Prediction.EPSILON,
                InputScale.NONE,
                TimeInput.affine(999, 0),
                new TimeSampler.Uniform(1e-3),
                LossWeight.ONE);
    }

    /** The sub-VP SDE (Song et al., 2021). */
    public static DiffusionSystem scoreSubVp() {
        return new DiffusionSystem(
                "score-subvp",
                Paths.subVariancePreserving(0.1, 20),
                Prediction.EPSILON,
                InputScale.NONE,
                TimeInput.affine(999, 0),
                new TimeSampler.Uniform(1e-3),
                LossWeight.ONE);
    }

    /** The VE SDE (Song et al., 2021): noise levels {@code sigmaMin} to {@code sigmaMax}, ε-prediction, the network gets ln σ. */
    public static DiffusionSystem scoreVe(double sigmaMin, double sigmaMax) {
        return new DiffusionSystem(
                "score-ve",
                Paths.varianceExploding(sigmaMin, sigmaMax),
                Prediction.EPSILON,
                InputScale.unitVariance(1),
                TimeInput.logLevel(1, 1),
                new TimeSampler.Uniform(0),
                LossWeight.ONE);
    }

    /** EDM (Karras et al., 2022) for data of standard deviation {@code sigmaData}. */
    public static DiffusionSystem edm(double sigmaData) {
        return new DiffusionSystem(
                "edm",
                Paths.edm(80),
                Prediction.edm(sigmaData),
                InputScale.unitVariance(sigmaData),
                TimeInput.logLevel(0.25, 1),
                new TimeSampler.LogNormalLevel(-1.2, 1.2),
                LossWeight.ONE);
    }

    /** Flow matching (Lipman et al., 2023) on straight lines; data at t = 0. */
    public static DiffusionSystem flowMatching() {
        return new DiffusionSystem(
                "flow-matching",
                Paths.linear(),
                Prediction.VELOCITY,
                InputScale.NONE,
                TimeInput.TIME,
                new TimeSampler.Uniform(0),
                LossWeight.ONE);
    }

    /** Rectified flow (Liu et al., 2023) as published: data at t = 1, t from 1e-3, the network gets 999·t. */
    public static DiffusionSystem rectifiedFlow() {
        return new DiffusionSystem(
                "rectified-flow",
                Paths.reversed(Paths.linear()),
                Prediction.VELOCITY,
                InputScale.NONE,
                TimeInput.affine(999, 0),
                new TimeSampler.Uniform(1e-3),
                LossWeight.ONE);
    }

    /** v-prediction on the cosine path (Salimans and Ho, 2022). */
    public static DiffusionSystem vCosine() {
        return new DiffusionSystem(
                "v-cosine",
                Paths.cosine(),
                Prediction.V,
                InputScale.NONE,
                TimeInput.TIME,
                new TimeSampler.Uniform(0),
                LossWeight.ONE);
    }

    /** All of the above for data of about unit size. */
    public static List<DiffusionSystem> all() {
        return List.of(
                ddpm(),
                scoreVp(),
                scoreSubVp(),
                scoreVe(0.01, 50),
                edm(0.5),
                flowMatching(),
                rectifiedFlow(),
                vCosine());
    }

    /**
     * The system of a name.
     *
     * @throws MedleyException naming those there are
     */
    public static DiffusionSystem named(String name) {
        return all().stream()
                .filter(system -> system.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new MedleyException("system '" + name + "' is not known; there are: "
                        + String.join(
                                ", ", all().stream().map(DiffusionSystem::name).toList())));
    }

    /** This system with other training times. */
    public DiffusionSystem withTimes(TimeSampler times) {
        return new DiffusionSystem(name, path, prediction, inputScale, timeInput, times, weight);
    }

    /** This system with another path. */
    public DiffusionSystem withPath(ProbabilityPath other) {
        return new DiffusionSystem(name, other, prediction, inputScale, timeInput, timeSampler, weight);
    }

    /** This system with another prediction. */
    public DiffusionSystem withPrediction(Prediction other) {
        return new DiffusionSystem(name, path, other, inputScale, timeInput, timeSampler, weight);
    }

    /** This system with a network that is told time in another way. */
    public DiffusionSystem withTimeInput(TimeInput other) {
        return new DiffusionSystem(name, path, prediction, inputScale, other, timeSampler, weight);
    }

    /**
     * This system's loss with a network that predicts something else: its errors count as the errors they make in what this system predicts
     * (Li and He, "Back to Basics: Let Denoising Generative Models Denoise", 2025, for data and velocity).
     *
     * @param most largest factor of a squared error; as min-SNR weighting (Hang et al., 2023) keeps times near the data from drowning all others
     */
    public DiffusionSystem predicting(Prediction other, double most) {
        return new DiffusionSystem(
                name,
                path,
                other,
                inputScale,
                timeInput,
                timeSampler,
                (p, t) -> weight.at(p, t)
                        * LossWeight.errorOf(other, prediction, most).at(p, t));
    }

    /** x_t = α·x₀ + σ·ε for (B, …) tensors and a time per sample; float64. */
    public Tensor mix(Tensor x0, Tensor noise, double[] t) {
        return Batch.combine(x0, t, path::alpha, noise, path::sigma);
    }

    /** What the network sees of a state: scaled, float32. */
    public Tensor networkInput(Tensor x, double[] t) {
        return Batch.scale(x, t, at -> inputScale.at(path, at)).to(DType.FLOAT32);
    }

    /** What the network is told about times: (B) float32. */
    public Tensor networkTime(double[] t) {
        return Tensor.of(Batch.map(t, at -> timeInput.at(path, at)), t.length).to(DType.FLOAT32);
    }

    /** A network trained for this system as a denoiser. */
    public Denoiser denoiser(Network network) {
        return new NetworkDenoiser(this, network);
    }
}
