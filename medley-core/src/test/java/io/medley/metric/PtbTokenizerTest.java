package io.medley.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PtbTokenizerTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "A man, riding a horse.|a man riding a horse",
                "The dog's bone|the dog 's bone",
                "they don't and can't|they do n't and ca n't",
                "cannot gonna wanna|can not gon na wan na",
                "it costs $5.00 or 20%!|it costs $ 5.00 or 20 %",
                "1,000 people at 10:30|1,000 people at 10:30",
                "a black-and-white cat -- asleep|a black-and-white cat asleep",
                "\"quoted\" (in brackets) [too]|quoted in brackets too",
                "Mr. Smith of the U.S. Navy.|mr. smith of the u.s. navy",
                "one.Two|one two",
                "it’s ‘quoted’|it 's quoted",
                "we'll they'd've|we 'll they 'd 've",
                "été à la plage; 日本|été à la plage 日本",
                "...|''"
            })
    void splitsAsTheTreebankDoes(String text, String tokens) {
        assertThat(PtbTokenizer.normalize(text)).isEqualTo(tokens.equals("''") ? "" : tokens);
    }
}
