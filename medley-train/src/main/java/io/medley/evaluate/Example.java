package io.medley.evaluate;

import java.util.List;

/** Something a model can be asked, and what is right. */
public sealed interface Example {
    /** Its name in the data set. */
    String key();

    /** What is shown, one picture or two. */
    List<Picture> pictures();

    /**
     * A picture and what people say of it.
     *
     * @param texts captions, at least one
     * @param domain part of the data set that gets figures of its own ({@code in-domain} … of nocaps); empty for none
     */
    record Captioned(String key, Picture picture, List<String> texts, String domain) implements Example {
        public Captioned {
            texts = List.copyOf(texts);
        }

        @Override
        public List<Picture> pictures() {
            return List.of(picture);
        }
    }

    /**
     * A question about a picture.
     *
     * @param answers of all people asked, at least one
     * @param type kind of question or answer; empty if unknown
     */
    record Question(String key, Picture picture, String question, List<String> answers, String type)
            implements Example {
        public Question {
            answers = List.copyOf(answers);
        }

        @Override
        public List<Picture> pictures() {
            return List.of(picture);
        }
    }

    /** A sentence about two pictures that is true or not. */
    record Pair(String key, Picture first, Picture second, String sentence, boolean truth) implements Example {
        @Override
        public List<Picture> pictures() {
            return List.of(first, second);
        }
    }

    /**
     * A picture, possibly a text with it, and its category.
     *
     * @param text empty where the picture alone decides
     */
    record Labelled(String key, Picture picture, String text, String label) implements Example {
        @Override
        public List<Picture> pictures() {
            return List.of(picture);
        }
    }
}
