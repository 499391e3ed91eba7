package io.medley.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Schedules against the rates the original functions gave, and what they promise beyond them. */
class ScheduleTest {
    private static final Offset<Double> EXACT = within(1e-18);

    private final JsonNode golden = golden();

    @Test
    void cosineOverEpochsIsBlips() {
        var rates = golden.get("cosine_lr_schedule(epoch,max_epoch=20,init_lr=3e-4,min_lr=1e-6)");
        var schedule = Schedule.cosine(3e-4, 1e-6, 20).perEpoch(100);
        for (int epoch = 0; epoch < rates.size(); epoch++) {
            assertThat(schedule.at(epoch * 100L)).isCloseTo(rates.get(epoch).asDouble(), EXACT);
            assertThat(schedule.at(epoch * 100L + 99))
                    .isCloseTo(rates.get(epoch).asDouble(), EXACT);
        }
    }

    @Test
    void warmUpIsBlips() {
        var schedule = Schedule.linear(1e-6, 3e-4, 3000);
        golden.get("warmup_lr_schedule(step,max_step=3000,init_lr=1e-6,max_lr=3e-4)")
                .properties()
                .forEach(rate -> assertThat(schedule.at(Long.parseLong(rate.getKey())))
                        .isCloseTo(rate.getValue().asDouble(), EXACT));
    }

    @Test
    void stepDecayIsBlips() {
        // The stored rates are those of every fifth epoch.
        var rates = golden.get("step_lr_schedule(epoch,init_lr=3e-4,min_lr=1e-6,decay_rate=0.9)");
        var schedule = Schedule.exponential(3e-4, 1e-6, 0.9).perEpoch(7);
        for (int i = 0; i < rates.size(); i++) {
            assertThat(schedule.at(5L * i * 7 + 6)).isCloseTo(rates.get(i).asDouble(), EXACT);
        }
    }

    @Test
    void lavisWarmsUpInsideItsFirstEpochOnly() {
        var cosine = golden.get("lavis").get("LinearWarmupCosineLRScheduler");
        var step = golden.get("lavis").get("LinearWarmupStepLRScheduler");
        replay(cosine, Schedule.cosine(1e-4, 1e-6, 4));
        replay(step, Schedule.exponential(1e-4, 1e-6, 0.7));
    }

    private static void replay(JsonNode golden, Schedule perEpoch) {
        long stepsPerEpoch = golden.get("steps_per_epoch").asLong();
        var schedule = Schedule.linear(1e-6, 1e-4, 5).until(stepsPerEpoch, perEpoch.perEpoch(stepsPerEpoch));
        for (int i = 0; i < golden.get("lr").size(); i++) {
            assertThat(schedule.at(i)).isCloseTo(golden.get("lr").get(i).asDouble(), EXACT);
        }
    }

    @Test
    void warmUpGoesOnOverManyEpochsAndMeetsWhatFollows() {
        var schedule = Schedule.constant(1e-3).perEpoch(10).warmedUp(0, 35);
        for (int i = 0; i < 35; i++) {
            assertThat(schedule.at(i)).isCloseTo(1e-3 * (i + 1) / 35, EXACT);
        }
        assertThat(schedule.at(35)).isEqualTo(1e-3);
        var cosine = Schedule.cosine(1, 0.1, 10, 110);
        assertThat(cosine.at(9)).isEqualTo(1);
        assertThat(cosine.at(10)).isEqualTo(1);
        assertThat(cosine.at(60)).isCloseTo(0.55, within(1e-12));
        assertThat(cosine.at(110)).isEqualTo(0.1);
        assertThat(cosine.at(1000)).isEqualTo(0.1);
    }

    @Test
    void linearEndsWhereItShould() {
        var schedule = Schedule.linear(1, 0, 4);
        assertThat(schedule.at(0)).isEqualTo(1);
        assertThat(schedule.at(1)).isEqualTo(0.75);
        assertThat(schedule.at(4)).isZero();
        assertThat(schedule.at(9)).isZero();
    }

    private static JsonNode golden() {
        try (var in = ScheduleTest.class.getResourceAsStream("/reference/optim/lr_schedules.json")) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
