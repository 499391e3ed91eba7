package io.medley.cli;

import io.medley.image.RgbImage;
import io.medley.scenes.Question;
import java.nio.file.Path;
import java.util.List;

/**
 * A picture of the demo with what is known of it.
 *
 * @param file where it was written, an ordinary PNG or JPEG
 * @param image what was read back from there
 * @param caption one true caption
 * @param questions questions with their true answers
 */
record DemoPicture(Path file, RgbImage image, String caption, List<Question> questions) {}
