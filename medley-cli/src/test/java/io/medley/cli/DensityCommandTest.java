package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code medley density} and {@code medley compare-samplers}: what they leave behind, and what they refuse. */
class DensityCommandTest extends CommandTest {

    /** Runs a command line that must be refused on one line with status 2. */
    private void refuses(String line, String... says) {
        var result = run(words(line));
        assertThat(result.status()).as(line + ": " + result.err()).isEqualTo(2);
        assertThat(result.err().strip())
                .as(line)
                .contains(says)
                .doesNotContain("\n")
                .doesNotContain("Exception");
    }

    private Result accepts(String line) {
        var result = run(words(line));
        assertThat(result.status()).as(line + ": " + result.err()).isZero();
        return result;
    }

    /** A leading ~ stands for the test's directory. */
    private String[] words(String line) {
        List<String> words = new ArrayList<>();
        for (var word : line.split(" ")) {
            words.add(word.startsWith("~") ? home.resolve(word.substring(1)).toString() : word);
        }
        return words.toArray(String[]::new);
    }

    @Test
    void trainedModelsAreSampledMeasuredAndCompared() throws IOException {
        for (var model : new String[] {"flow-matching", "spline"}) {
            var train = "density train --data gaussian --steps 2 --set batch=8 --set width=8 --out ~" + model
                    + " --model " + model;
            accepts(train);
            assertThat(home.resolve(model + "/evaluation.json")).isNotEmptyFile();
            assertThat(accepts(train).err()).contains("is finished");
            accepts("density sample ~" + model + " --count 20 --out ~plots");
            for (var file : new String[] {"samples.csv", "samples.png", "trajectories.png", "density.png"}) {
                assertThat(home.resolve("plots").resolve(file)).isNotEmptyFile();
                Files.delete(home.resolve("plots").resolve(file));
            }
        }
        accepts("density reflow ~flow-matching --pairs 8 --distill --out ~again");
        assertThat(accepts("density nll ~again ~spline --count 20").lines())
                .hasSize(2)
                .allMatch(line -> line.contains("nats; under the density of gaussian"));
        assertThat(accepts("density compare ~again ~spline --count 20").lines()).hasSize(3);
        accepts("density compare ~spline --count 20 --out ~one/pass");
        accepts("density compare ~again ~spline --count 20 --out ~compared");
        // A row of three squares for each of the two.
        var sheet = Images.read(home.resolve("compared/models.png"));
        assertThat(sheet.width()).isEqualTo(3 * sheet.height() / 2);
        var curves = Images.read(home.resolve("compared/distances.png"));
        assertThat(curves.width()).isEqualTo(sheet.height() / 2);
        refuses("density reflow ~flow-matching --pairs 1 --out ~x", "--pairs 1");
        // A recipe goes through the same door.
        accepts("train density-nice --set data=gaussian --set steps=2 --set batch=8 --set width=8 --out ~recipe");
        accepts("density nll ~recipe --count 20");
    }

    @Test
    void glowLearnsPictures() {
        var train =
                "density train --data scenes --steps 1 --set batch=2 --set levels=2 --set depth=1 --set width=4 --out ";
        accepts(train + "~glow --model glow --set imageSize=16");
        assertThat(home.resolve("glow/interpolations.png")).isNotEmptyFile();
        accepts("density sample ~glow --out ~drawn");
        assertThat(home.resolve("drawn/samples.png")).isNotEmptyFile();
        assertThat(accepts("density nll ~glow").out()).contains("bits per dimension");
        refuses(train + "~none --model glow --set imageSize=18", "size 18", "divisible by 2");
        refuses(train + "~none --model nice", "model glow");
        refuses("density compare ~glow", "glow-scenes");
        assertThat(home.resolve("none")).doesNotExist();
    }

    @Test
    void trainingRefusesBadValues() {
        var train = "density train --out ~none --data ";
        refuses(train + "moon", "moon", "moons");
        refuses(train + "moons --model nise", "model 'nise'", "nice");
        refuses(train + "moons --steps 0", "steps 0");
        refuses(train + "moons --steps many", "steps: ");
        refuses(train + "moons --steps 1.5", "steps: ");
        refuses(train + "moons --set batch=1", "batch 1");
        refuses(train + "moons --set learningRate=NaN", "learningRate NaN");
        refuses(train + "moons --set learningRate=-1", "learningRate -1");
        refuses(train + "moons --set width=0", "width 0");
        refuses(train + "moons --set layers=2", "no setting 'layers'");
        refuses(train + "moons --coupling closest", "coupling 'closest'", "ot");
        refuses(train + "moons --model realnvp --coupling ot", "no setting 'coupling'");
        refuses(train + "moons --model realnvp --set layers=0", "couplings 0");
        refuses(train + "moons --model planar --set fit=energy", "data ring");
        refuses(train + "ring --model planar --set fit=energy --set anneal=2", "anneal 2");
        refuses(train + "ring --model planar --set anneal=NaN", "anneal NaN");
        assertThat(home.resolve("none")).doesNotExist();
    }

    @Test
    void samplingRefusesBadValuesAndDamagedModels() throws IOException {
        accepts("density train --data gaussian --model edm --steps 2 --set batch=8 --set width=8 --out ~edm");
        accepts("density train --data gaussian --model nice --steps 2 --set batch=8 --set width=8 --out ~nice");
        var sample = "density sample ~edm --count 4 --out ~x ";
        refuses(sample + "--steps 0", "steps 0");
        refuses(sample + "--steps -3", "steps -3");
        refuses(sample + "--sampler best", "sampler 'best'", "heun");
        refuses(sample + "--grid odd", "grid 'odd'", "karras");
        refuses(sample + "--sigma-min 5 --sigma-max 1", "least < most", "5.0", "1.0");
        refuses(sample + "--sigma-min 0", "0 < least");
        refuses(sample + "--sigma-max NaN", "NaN");
        refuses(sample + "--sigma-max 1000", "1000", "outside");
        refuses(sample + "--grid uniform --sigma-max 10", "karras and logsnr");
        refuses(sample + "--shift NaN", "shift NaN");
        refuses(sample + "--shift 0", "shift 0");
        refuses(sample + "--sampler ddim --eta 1.5", "eta 1.5");
        refuses(sample + "--sampler ddim --eta NaN", "eta NaN");
        refuses(sample + "--churn NaN", "NaN");
        refuses("density sample ~edm --count 1 --out ~x", "--count 1");
        refuses("density sample ~nice --count 4 --steps 3 --out ~x", "one pass");
        refuses("density nll ~edm --count 0", "--count 0");
        refuses("density compare ~edm --sampler best", "sampler 'best'");
        refuses("density reflow ~edm --out ~y", "is a edm model", "flow-matching");
        refuses("density reflow ~nice --out ~y", "is a nice model", "flow-matching");
        refuses("compare-samplers ~nice", "normalizing flow");
        refuses("compare-samplers ~edm --system ddpm", "leave one of the two out");
        assertThat(home.resolve("x/samples.csv")).doesNotExist();
        refusesDamage();
    }

    private void refusesDamage() throws IOException {
        refuses("density nll ~nothing", "nothing");
        Path config = home.resolve("edm/config.json");
        String good = Files.readString(config);
        for (var damage : List.of(
                List.of("\"width\" : 8", "\"width\" : 9"), // other shapes than the weights
                List.of("\"width\" : 8", "\"width\" : \"x\""),
                List.of("\"scale\" : ", "\"scale\" : -"),
                List.of("\"model\" : \"edm\"", "\"model\" : \"edn\""),
                List.of("density-diffusion", "density-flow"))) {
            Files.writeString(config, good.replace(damage.get(0), damage.get(1)));
            assertThat(run(words("density nll ~edm")).status())
                    .as(damage.toString())
                    .isEqualTo(2);
        }
    }

    @Test
    void samplerTablesRefuseBadValues() {
        refuses("compare-samplers --steps 0 --count 4", "steps: 0");
        refuses("compare-samplers --steps 5,-1 --count 4", "steps: -1");
        refuses("compare-samplers --steps five", "five");
        refuses("compare-samplers --count 1", "--count 1");
        refuses("compare-samplers --samplers euler,best --count 4", "sampler 'best'");
        refuses("compare-samplers --system gan --count 4", "system 'gan'", "edm");
        refuses("compare-samplers --grid odd --count 4", "grid 'odd'");
        refuses("compare-samplers --sigma-min 3 --sigma-max 2 --count 4", "least < most");
        refuses("compare-samplers --shift NaN --count 4", "NaN");
        refuses("compare-samplers --grid trailing --count 4", "discrete path");
        var table = accepts("compare-samplers --samplers euler --steps 1,3 --count 20 --sigma-max 40");
        assertThat(table.lines()).hasSize(3);
    }
}
