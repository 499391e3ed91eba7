/** LibTorch behind one door. */
@NullMarked
package io.medley.tensor;

import org.jspecify.annotations.NullMarked;
