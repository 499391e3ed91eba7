/**
 * Weights on disk: safetensors files, sharded indices, torch archives (zip, TorchScript and pre-1.6) read as one lazily mapped map from
 * name to tensor, written back in the same formats, renamed by key maps that are data, and loaded strictly.
 *
 * <p>Files are untrusted: a torch archive holds a pickle, which is interpreted by {@code Unpickler} (an opcode loop with an allow-list;
 * nothing is ever executed), every size is bounded before memory is taken, and no entry is extracted to disk.
 *
 * <p>Imports {@code io.medley.tensor} and a JSON parser, nothing else. Start reading at {@link io.medley.checkpoint.Checkpoint}.
 */
@NullMarked
package io.medley.checkpoint;

import org.jspecify.annotations.NullMarked;
