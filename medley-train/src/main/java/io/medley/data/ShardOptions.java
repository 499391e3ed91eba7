package io.medley.data;

import io.medley.tensor.MedleyException;

/**
 * What a tar shard may hold; beyond it a sample is broken.
 *
 * @param maxImageBytes of one picture
 * @param maxTextBytes of one text
 * @param maxJsonBytes of one sample's metadata
 * @param maxSamples of one shard; reading stops there
 * @param requireText whether a sample without a text is broken
 */
public record ShardOptions(int maxImageBytes, int maxTextBytes, int maxJsonBytes, int maxSamples, boolean requireText) {
    /** 64 MiB, 1 MiB, 4 MiB, a million samples, texts required. */
    public static final ShardOptions DEFAULT = new ShardOptions(64 << 20, 1 << 20, 4 << 20, 1_000_000, true);

    public ShardOptions {
        if (maxImageBytes < 1 || maxTextBytes < 1 || maxJsonBytes < 1 || maxSamples < 1) {
            throw new MedleyException("shard options: every limit must be 1 or more, got " + maxImageBytes + ", "
                    + maxTextBytes + ", " + maxJsonBytes + " and " + maxSamples);
        }
    }

    /** The same for pictures that may come without texts. */
    public ShardOptions textOptional() {
        return new ShardOptions(maxImageBytes, maxTextBytes, maxJsonBytes, maxSamples, false);
    }
}
