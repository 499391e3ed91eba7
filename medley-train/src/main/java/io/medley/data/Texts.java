package io.medley.data;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Texts out of bytes. */
final class Texts {
    private Texts() {}

    /**
     * UTF-8 without a byte order mark and white space around it.
     *
     * @throws CharacterCodingException if the bytes are something else
     */
    static String decode(byte[] bytes) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
        return (text.startsWith("\uFEFF") ? text.substring(1) : text).strip();
    }
}
