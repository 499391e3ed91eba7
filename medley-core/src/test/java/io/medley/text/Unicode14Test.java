package io.medley.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class Unicode14Test {
    /** Printed by src/tools/text_tables.py, from Python's own functions. */
    private static final String PYTHON = "a9ffbfd64a3af206695ed776dabf93d4e02f1bd28e445d652a7fa59b5b8f5a17";

    @Test
    void everyCodePointIsAsInPython() throws NoSuchAlgorithmException {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            sha.update(line(c).getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(HexFormat.of().formatHex(sha.digest())).isEqualTo(PYTHON);
    }

    @Test
    void lowersWholeTextsWithTheirContext() {
        assertThat(PythonText.lower("ΑΣ ΟΔΟΣ Σ ΑΣΑ Α.Σ. ΑΣ\u0301Β İ"))
                .isEqualTo("ας οδος σ ασα α.ς. ασ\u0301β i\u0307");
    }

    private static String line(int c) {
        byte kind = Unicode14.kind(c);
        boolean mark = kind == Unicode14.MARK || kind == Unicode14.STARTER_MARK;
        String casing = Unicode14.isCaseIgnorable(c) ? "ignorable" : Unicode14.isCased(c) ? "cased" : "";
        String lower = c == 0x130 ? "69 307" : Integer.toHexString(Unicode14.lower(c));
        int[] parts = Unicode14.isStripped(c) ? Unicode14.stripped(c) : new int[] {c};
        String stripped =
                mark ? "" : Arrays.stream(parts).mapToObj(Integer::toHexString).collect(Collectors.joining(" "));
        return Integer.toHexString(c) + " " + "-CZBMSLNP".charAt(kind) + " " + casing + " " + lower + " " + stripped
                + " " + (Unicode14.isSpace(c) ? 1 : 0) + "\n";
    }
}
