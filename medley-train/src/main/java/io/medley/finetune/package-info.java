/**
 * A published or home-made BLIP fitted to one's own pictures: {@link io.medley.finetune.Finetune} is the door, a {@link
 * io.medley.finetune.Tuning} each way to do it (captions, retrieval, questions, pairs of pictures, categories). The trainer below knows none
 * of this.
 */
@NullMarked
package io.medley.finetune;

import org.jspecify.annotations.NullMarked;
