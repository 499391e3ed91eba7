package io.medley.cli;

import io.medley.image.RgbImage;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file after the attempt to read it: either {@code image} is there, or {@code error} says why not.
 *
 * @param error one line that starts with the file's name; empty when the image is there
 */
record DecodedFile(Path file, Optional<RgbImage> image, String error) {}
