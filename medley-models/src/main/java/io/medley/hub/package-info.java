/**
 * The Hugging Face hub: its cache on disk and downloads into it. Nothing here runs unless a caller asks for it.
 *
 * <p>May import {@code MedleyException} only. Start reading at {@link io.medley.hub.HubCache}.
 */
@NullMarked
package io.medley.hub;

import org.jspecify.annotations.NullMarked;
