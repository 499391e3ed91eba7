package io.medley.task;

import io.medley.image.RgbImage;
import java.util.List;

/** Pictures that are fetched when they are needed, so that there may be more than fit into memory. */
public interface Pictures {
    int size();

    /**
     * A picture by its number; asked for in rising order, possibly in several rounds.
     *
     * @throws io.medley.tensor.MedleyException when it cannot be read
     */
    RgbImage get(int index);

    /** Pictures in memory. */
    static Pictures of(List<RgbImage> images) {
        return new Pictures() {
            @Override
            public int size() {
                return images.size();
            }

            @Override
            public RgbImage get(int index) {
                return images.get(index);
            }
        };
    }
}
