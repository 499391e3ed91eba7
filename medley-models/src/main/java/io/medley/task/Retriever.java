package io.medley.task;

import java.util.List;

/** Finds the texts that fit pictures, and the pictures that fit texts, among many. Thread-safe. */
public interface Retriever {

    /**
     * Ranks all texts for every picture and all pictures for every text. Memory stays bounded however many there are: of the pictures only
     * their vectors are kept, and each is read twice.
     *
     * @param texts none blank
     */
    Rankings rank(Pictures pictures, List<String> texts, RetrievalOptions options);
}
