package io.medley.task;

import io.medley.image.RgbImage;
import java.util.List;
import java.util.Set;

/**
 * Captioning and matching in separate steps, for work on many pictures: a picture is prepared once, encoded once, and everything written
 * about it or scored against it afterwards shares its keys and values. The steps may run on different threads, each on its own batch.
 * Thread-safe.
 */
public interface SharedEncoding {

    /** What pictures are encoded for. */
    enum Use {
        CAPTION,
        MATCH
    }

    /** What this model can be used for. */
    Set<Use> uses();

    /** Pixels of a picture as the model wants them, resized and normalised; costs no native memory. */
    float[] prepare(RgbImage image);

    /**
     * Encodes pictures.
     *
     * @param prepared what {@link #prepare} gave for each, at least one
     * @param uses what will be asked about them; at least one
     * @return what the caller closes
     * @throws io.medley.tensor.MedleyException when the model cannot be used for that
     */
    EncodedImages encode(List<float[]> prepared, Set<Use> uses);

    /**
     * Captions of encoded pictures, as {@link Captioner#caption} writes them, except that each picture has a key.
     *
     * @param images encoded for {@link Use#CAPTION}
     * @param keys one per picture: sample k of a picture draws from the stream (seed, key, k), whatever pictures are beside it
     */
    List<List<Caption>> caption(EncodedImages images, CaptionOptions options, long[] keys);

    /**
     * Writes captions as {@link #caption} does, up to the rounding of sums, of pictures that come one after another.
     *
     * @param options greedy or nucleus decoding
     * @param pictures of so many pictures captions are written at a time; memory grows with it
     * @throws io.medley.tensor.MedleyException for beam search, or when the options do not fit the model
     */
    CaptionWriter writer(CaptionOptions options, int pictures);

    /**
     * Scores texts against encoded pictures.
     *
     * @param images encoded for {@link Use#MATCH}
     * @param texts per picture any number, none blank; longer than the model reads: cut as the original does
     * @return per picture one score per text
     */
    List<List<PairScore>> match(EncodedImages images, List<List<String>> texts);
}
