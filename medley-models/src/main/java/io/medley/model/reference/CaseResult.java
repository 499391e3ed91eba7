package io.medley.model.reference;

/**
 * The outcome of one compared value.
 *
 * @param name key of the value in the reference
 * @param maxAbs largest absolute difference; NaN when nothing was compared
 * @param maxRel that difference relative to the largest expected magnitude of the value; NaN when nothing was compared
 * @param ok whether it agrees
 * @param note why not, where numbers alone do not say; else empty
 */
public record CaseResult(String name, double maxAbs, double maxRel, boolean ok, String note) {}
