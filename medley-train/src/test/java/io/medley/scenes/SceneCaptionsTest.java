package io.medley.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.scenes.CaptionClaims.Mention;
import io.medley.scenes.CaptionClaims.Placed;
import io.medley.scenes.CaptionClaims.Related;
import io.medley.scenes.CaptionJudge.Verdict;
import io.medley.scenes.Scene.Backdrop;
import io.medley.scenes.Scene.Damage;
import io.medley.scenes.Scene.Group;
import io.medley.scenes.Scene.Light;
import io.medley.scenes.Scene.Surface;
import io.medley.scenes.Scene.Thing;
import io.medley.text.Captions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SceneCaptionsTest {
    /** A red cat on the left, two blue buses on the right, on the grass. */
    private static final Scene SCENE = new Scene(
            1,
            new Backdrop(Background.GRASS, 0, 0, 0.5),
            List.of(
                    new Group(
                            Kind.CAT,
                            ThingColor.RED,
                            ThingSize.SMALL,
                            Surface.SMOOTH,
                            List.of(new Thing(0.2, 0.5, 0.26, 0, false, 1))),
                    new Group(
                            Kind.BUS,
                            ThingColor.BLUE,
                            ThingSize.MEDIUM,
                            Surface.SMOOTH,
                            List.of(new Thing(0.7, 0.3, 0.38, 0, false, 1), new Thing(0.7, 0.7, 0.38, 0, false, 1)))),
            new Light(1, 0, 0, 0),
            new Damage(0, 0));

    @ParameterizedTest
    @EnumSource(SceneSplit.class)
    void everyCaptionIsTrueDifferentAndAsLongAsPromised(SceneSplit split) {
        Scenes scenes = Scenes.of(split);
        for (int i = 0; i < 2000; i++) {
            Scene scene = scenes.scene(i);
            List<String> captions = scenes.captions(i);
            assertThat(captions).hasSize(5).doesNotHaveDuplicates();
            for (String caption : captions) {
                assertThat(CaptionJudge.judge(caption, scene).truthful())
                        .as("%s %d: %s", split, i, caption)
                        .isTrue();
                assertThat(caption.split(" ").length).isBetween(5, 14);
                assertThat(caption).isEqualTo(Captions.preCaption(caption, 30));
            }
            Verdict first = CaptionJudge.judge(captions.get(0), scene);
            assertThat(first.pairsRight()).isEqualTo(first.pairsThere()).isEqualTo(first.pairsSaid());
        }
    }

    @Test
    void mostCaptionsNameColors() {
        int pairs = 0;
        int captions = 0;
        for (int i = 0; i < 1000; i++) {
            Scene scene = Scenes.of(SceneSplit.TRAIN).scene(i);
            for (String caption : Scenes.of(SceneSplit.TRAIN).captions(i)) {
                captions++;
                pairs += CaptionJudge.judge(caption, scene).pairsRight() > 0 ? 1 : 0;
            }
        }
        assertThat(pairs).isGreaterThan(captions * 8 / 10);
    }

    @Test
    void readsBackWhatIsSaid() {
        var claims = CaptionParser.parse("three small red cats are to the left of an orange fish on the beach");
        assertThat(claims.mentions())
                .containsExactly(
                        new Mention(Kind.CAT, ThingColor.RED, ThingSize.SMALL, 3),
                        new Mention(Kind.FISH, ThingColor.ORANGE, null, 1));
        assertThat(claims.relations()).containsExactly(new Related(0, Relation.LEFT_OF, 1));
        assertThat(claims.places()).containsExactly(Background.SAND);
        assertThat(CaptionParser.parse("a bus on the left").positions()).containsExactly(new Placed(0, Position.LEFT));
        assertThat(CaptionParser.parse("dogs").mentions())
                .containsExactly(new Mention(Kind.DOG, null, null, Mention.SEVERAL));
        assertThat(CaptionParser.parse("Nothing of this world!").mentions()).isEmpty();
        assertThat(CaptionParser.parse("").mentions()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a red cat to the left of two blue buses on the grass, true",
        "two buses to the right of a small cat, true",
        "a red cat beside two blue buses, true",
        "a cat on the left, true",
        "a blue cat, false",
        "a large red cat, false",
        "two red cats, false",
        "a red cat above two blue buses, false",
        "two blue buses to the left of a red cat, false",
        "a blue bus on the grass, false",
        "a red cat in the snow, false",
        "a red cat on the right, false",
        "a red cat and a dog, false",
        "page not found, false"
    })
    void tellsTrueFromFalse(String caption, boolean truthful) {
        assertThat(CaptionJudge.judge(caption, SCENE).truthful()).isEqualTo(truthful);
    }

    @Test
    void countsWhatIsRight() {
        Verdict v = CaptionJudge.judge("three blue buses to the left of a red cat and a green dog and a cat", SCENE);
        assertThat(v).isEqualTo(new Verdict(false, 2, 3, 2, 2, 3, 2, 2, 2, 2, 3, 0, 1));
        Verdict bare = CaptionJudge.judge("a snail and a black cat", SCENE);
        assertThat(bare).isEqualTo(new Verdict(false, 0, 2, 2, 1, 2, 2, 0, 1, 0, 0, 0, 0));
    }

    @Test
    void webTextsComeInTheStatedShares() {
        Map<WebNoise, Integer> counts = new EnumMap<>(WebNoise.class);
        Scenes web = Scenes.of(SceneSplit.WEB);
        for (int i = 0; i < 4000; i++) {
            SceneSample sample = web.sample(i, 16);
            WebText text = sample.web().orElseThrow();
            counts.merge(text.noise(), 1, Integer::sum);
            boolean truthful = CaptionJudge.judge(text.text(), sample.scene()).truthful();
            switch (text.noise()) {
                case CLEAN -> assertThat(truthful).as(text.text()).isTrue();
                case BOILERPLATE, FILE_NAME -> assertThat(truthful).isFalse();
                default -> {}
            }
        }
        for (WebNoise noise : WebNoise.values()) {
            assertThat(counts.get(noise) / 4000.0).isBetween(noise.ratio() - 0.03, noise.ratio() + 0.03);
        }
    }
}
