package io.medley.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlEntitiesTest {
    /** Expected values are what Python 3.11's html.unescape returns. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "a & b|a & b",
                "&amp;&AMP&lt;b&copy2|&&<b©2",
                "&notit; &notin;|¬it; ∉",
                "&ampamp; &am &x;|&amp; &am &x;",
                "&#x; &#; &#x41;&#65&#0065;|&#x; &#; AAA",
                "&#0;&#xD800;&#1114112;&#99999999999999999999;|\ufffd\ufffd\ufffd\ufffd",
                "&#128;&#x9f;&#1;&#xFFFE;.|€Ÿ.",
                "&NotEqualTilde;|≂̸",
                "&&amp;;|&&;",
                "&|&",
            })
    void equalsPython(String text, String expected) {
        assertThat(HtmlEntities.unescape(text)).isEqualTo(expected);
    }
}
