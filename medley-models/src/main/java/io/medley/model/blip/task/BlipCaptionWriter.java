package io.medley.model.blip.task;

import io.medley.decode.Continuation;
import io.medley.decode.ContinuousDecoder;
import io.medley.decode.DecodingOptions;
import io.medley.model.Gate;
import io.medley.model.med.CrossMemory;
import io.medley.model.med.MedContinuousState;
import io.medley.model.med.MedDecoder;
import io.medley.task.Caption;
import io.medley.task.CaptionWriter;
import io.medley.task.EncodedImages;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Captions by a decoder whose batch takes the next pictures as captions end. */
final class BlipCaptionWriter implements CaptionWriter {
    // The samples of a picture do not end together: until the last has, the picture holds its place, and others fill
    // the rows of those that have.
    private static final int PLACES_WITH_SAMPLES = 2;

    private final Gate gate;
    private final int[] prompt;
    private final Function<EncodedImages, CrossMemory> memory;
    private final Function<List<Continuation>, List<Caption>> captions;
    private final MedContinuousState state;
    private final ContinuousDecoder<CrossMemory> decoder;

    /**
     * A writer with nothing to do.
     *
     * @param pictures whose captions are written at a time, if all of them go on
     * @param memory finds keys and values
     * @param captions makes texts
     */
    BlipCaptionWriter(
            Gate gate,
            MedDecoder model,
            int[] prompt,
            DecodingOptions options,
            int pictures,
            Function<EncodedImages, CrossMemory> memory,
            Function<List<Continuation>, List<Caption>> captions) {
        this.gate = gate;
        this.prompt = prompt;
        this.memory = memory;
        this.captions = captions;
        int places = options.samples() == 1 ? pictures : PLACES_WITH_SAMPLES * pictures;
        int rows = pictures * options.samples();
        this.state = model.startContinuous(rows, places, options.maxLength());
        this.decoder = new ContinuousDecoder<>(state, options, rows, places);
    }

    @Override
    public boolean hasRoom() {
        return decoder.hasRoom();
    }

    @Override
    public boolean isIdle() {
        return decoder.isIdle();
    }

    @Override
    public void enter(EncodedImages images, int picture, long key, Consumer<List<Caption>> done) {
        gate.perform(() -> decoder.enter(
                memory.apply(images).image(picture),
                prompt,
                key,
                continuations -> done.accept(captions.apply(continuations))));
    }

    @Override
    public void step() {
        gate.perform(decoder::step);
    }

    @Override
    public void close() {
        state.close();
    }
}
