package io.medley.model.suite;

/** The tasks a suite can assign to its parts. */
enum TaskKind {
    CAPTIONER,
    MATCHER,
    ANSWERER,
    EMBEDDER,
    CLASSIFIER,
    EXPLAINER
}
