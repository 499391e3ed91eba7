/**
 * Learning, whatever the model: an {@link io.medley.train.Objective} turns a batch into named {@link io.medley.train.Losses}, a
 * {@link io.medley.train.Trainer} does the rest, and a {@link io.medley.train.Run} keeps it in a directory from which it can go on after
 * anything. Nothing here may know a particular model or dataset. To train one of your own:
 *
 * <pre>{@code
 * var weights = Weights.random(seed);
 * var model = new MyModel(weights);                        // asks weights for its parameters and buffers
 * var noise = Generator.of(seed + 1);
 * Objective<Item> objective = (item, step) -> {            // all the trainer knows of the model
 *     var loss = model.loss(item.tensor(), noise);
 *     return Losses.of("denoising", loss).metric("snr", model.snr());
 * };
 * var trainer = new Trainer<Item>(
 *         Learner.of(weights).with("noise", noise),        // everything that changes, so everything that is saved
 *         new Trainer.Options(steps, Schedule.cosine(1e-3, 0, 100, steps), AdamW.Options.withDecay(0.05), 1.0)
 *                 .withAverage(0.999));
 * try (var directory = RunDirectory.open(folder, settings, Reporter.lines(System.err::println));
 *         var batches = Batches.numbered("scenes/train", 32, n -> item(n))) {
 *     directory.run(RunOptions.withSeed(seed)).train(trainer, objective, batches);
 * }
 * }</pre>
 *
 * <p>A run of several processes ({@link io.medley.train.distributed.World}) trains like one with all their batches: give the trainer the
 * directory's world, and the objective its {@code gather()} where rows of a batch are compared with each other.
 *
 * <p>Without a directory, {@link io.medley.train.Trainer#run} does the steps alone. Randomness must come from the batch's number or from a
 * generator that is registered with the {@link io.medley.train.Learner}; a training resumed from a checkpoint then has the very losses of one
 * that was never interrupted.
 */
@NullMarked
package io.medley.train;

import org.jspecify.annotations.NullMarked;
