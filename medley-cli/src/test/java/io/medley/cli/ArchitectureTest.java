package io.medley.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.medley.tensor.MedleyException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Who may know whom, over all modules. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = classes();

    private static final String[] MODELS = {
        "io.medley",
        "io.medley.model..",
        "io.medley.loss..",
        "io.medley.task..",
        "io.medley.hub..",
        "io.medley.diffusion..",
        "io.medley.flow.."
    };
    private static final String[] TRAIN = {
        "io.medley.scenes..",
        "io.medley.recipe..",
        "io.medley.data..",
        "io.medley.train..",
        "io.medley.evaluate..",
        "io.medley.finetune..",
        "io.medley.shards..",
        "io.medley.embed..",
        "io.medley.capfilt..",
        "io.medley.bootstrap.."
    };
    private static final String[] TOP = {
        "io.medley.cli..", "io.medley.bench..", "io.medley.server..", "io.medley.spark.."
    };

    @Test
    void allModulesAreSeen() {
        assertThat(packages())
                .contains(
                        "io.medley",
                        "io.medley.tensor",
                        "io.medley.image",
                        "io.medley.task",
                        "io.medley.scenes",
                        "io.medley.cli");
    }

    @Test
    void onlyTensorKnowsTheEngine() {
        noClasses()
                .that(resideInAPackage("io.medley.tensor..").negate())
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void theEngineRoomKnowsNobodyElse() {
        noClasses()
                .that()
                .resideInAPackage("io.medley.tensor..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.medley..")
                        .and(resideInAPackage("io.medley.tensor..").negate()))
                .check(CLASSES);
    }

    @Test
    void modulesImportDownwardsOnly() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.medley.tensor..",
                        "io.medley.nn..",
                        "io.medley.checkpoint..",
                        "io.medley.image..",
                        "io.medley.text..",
                        "io.medley.decode..",
                        "io.medley.optim..",
                        "io.medley.metric..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(MODELS).or(resideInAnyPackage(TRAIN)).or(resideInAnyPackage(TOP)))
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(MODELS)
                .should()
                .dependOnClassesThat(resideInAnyPackage(TRAIN).or(resideInAnyPackage(TOP)))
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(TRAIN)
                .should()
                .dependOnClassesThat(resideInAnyPackage(TOP))
                .check(CLASSES);
    }

    /** Generative models need no other system; only their replays know how reference data are compared. */
    @Test
    void diffusionStandsOnTheCoreAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.medley.diffusion")
                .should()
                .dependOnClassesThat(resideInAPackage("io.medley..")
                        .and(resideInAnyPackage(
                                        "io.medley.diffusion",
                                        "io.medley.tensor..",
                                        "io.medley.nn..",
                                        "io.medley.optim..",
                                        "io.medley.checkpoint..")
                                .negate()))
                .check(CLASSES);
    }

    @Test
    void picturesTextsTasksAndHubKnowNoTensors() {
        noClasses()
                .that()
                .resideInAnyPackage("io.medley.image..", "io.medley.text..", "io.medley.task..", "io.medley.hub..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.medley.tensor..")
                        .and(type(MedleyException.class).negate()))
                .check(CLASSES);
    }

    @Test
    void modelsKnowNoFilesTrainersOrCommands() {
        noClasses()
                .that()
                .resideInAPackage("io.medley.task..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.medley.checkpoint..", "io.medley.model..", "io.medley.hub..", "io.medley.nn..")
                .check(CLASSES);
    }

    /** Flows are mathematics over tensors and layers. */
    @Test
    void flowsKnowTheCoreOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.medley.flow")
                .should()
                .dependOnClassesThat(resideInAPackage("io.medley..")
                        .and(resideInAnyPackage("io.medley.flow", "io.medley.nn", "io.medley.tensor")
                                .negate()))
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        SlicesRuleDefinition.slices()
                .matching("io.medley.(**)")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void everyPackageSaysWhatLivesInIt() {
        Set<String> without = new TreeSet<>();
        for (String name : packages()) {
            JavaPackage found = CLASSES.getPackage(name);
            if (found.tryGetPackageInfo().isEmpty() || !found.isAnnotatedWith(NullMarked.class)) {
                without.add(name);
            }
        }
        assertThat(without)
                .as("packages without a @NullMarked package-info.java")
                .isEmpty();
    }

    /** The engine is seen where it is used, so its absence elsewhere means something. */
    @Test
    void theRuleAboutTheEngineCanFail() {
        assertThat(noClasses()
                        .that()
                        .resideInAPackage("io.medley.tensor..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.bytedeco..")
                        .evaluate(CLASSES)
                        .hasViolation())
                .isTrue();
    }

    private static JavaClasses classes() {
        // What others' jars look like inside is of no interest and takes a minute to read.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.medley");
    }

    private static List<String> packages() {
        return CLASSES.stream()
                .map(JavaClass::getPackageName)
                .distinct()
                .sorted()
                .toList();
    }
}
