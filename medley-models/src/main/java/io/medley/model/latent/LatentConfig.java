package io.medley.model.latent;

import io.medley.tensor.MedleyException;
import java.util.List;

/**
 * Sizes of a latent and of its decoder.
 *
 * @param grid cells along one side
 * @param channels numbers of a cell
 * @param widths channels of the decoder's convolutions: at the grid, then each time it has doubled; the picture has 2 × the last grid's side
 */
public record LatentConfig(int grid, int channels, List<Integer> widths) {
    private static final int LARGEST = 1 << 12;

    /** Channels of a group that the decoder normalises. */
    static final int GROUP = 8;

    public LatentConfig {
        widths = List.copyOf(widths);
        require(grid > 0 && grid <= LARGEST, "a grid of " + grid + " cells; give 1 to " + LARGEST);
        require(channels > 0 && channels <= LARGEST, channels + " channels; give 1 to " + LARGEST);
        require(!widths.isEmpty() && widths.size() <= 8, widths.size() + " widths; give 1 to 8");
        for (int width : widths) {
            require(
                    width > 0 && width <= LARGEST && width % GROUP == 0,
                    "width " + width + "; give a multiple of " + GROUP + ", at most " + LARGEST);
        }
    }

    /** Side of the pictures in pixels. */
    public int imageSize() {
        return grid << widths.size();
    }

    private static void require(boolean ok, String problem) {
        if (!ok) {
            throw new MedleyException("latent: " + problem);
        }
    }
}
